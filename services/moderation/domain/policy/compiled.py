"""A policy compiled once: every rule of an interaction is answered by one evaluation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from cel_expr_python import cel

from services.moderation.domain.policy.variables import VARIABLES
from shared.events.moderation.policy_changed import Rule


class Wrong(Exception):
    """An expression is not valid; the message is the compiler's, with its caret."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a policy says: the rule that fired (None: nothing did), who else would have, and whose rules failed."""

    rule: Rule | None
    also: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()


class Policy:
    """Rules in order, the brand's before its agency's. Raises `Wrong` where one does not compile."""

    def __init__(self, rules: Sequence[Rule], version: int) -> None:
        self.rules = tuple(rules)
        self.version = version
        self._each = [compiled(rule.when) for rule in self.rules]
        self._all = _environment().compile("[" + ", ".join(_enclosed(rule.when) for rule in rules) + "]")

    def rule_on(self, facts: Mapping[str, Any]) -> Ruling:
        """The first rule that is true fires; the others are told as also matched; one that fails does not fire."""
        try:
            answers = self._all.eval(data=facts).plain_value()
        except RuntimeError:
            answers = None
        if not isinstance(answers, list):
            return self._one_by_one(facts)
        return self._ruling([rule for rule, fires in zip(self.rules, answers, strict=True) if fires])

    def _one_by_one(self, facts: Mapping[str, Any]) -> Ruling:
        fired, failed = [], []
        for rule, expression in zip(self.rules, self._each, strict=True):
            answer = evaluated(expression, facts)
            if isinstance(answer, str):
                failed.append((rule.name, answer))
            elif answer:
                fired.append(rule)
        return self._ruling(fired, tuple(failed))

    def _ruling(self, fired: Sequence[Rule], failed: tuple[tuple[str, str], ...] = ()) -> Ruling:
        first = fired[0] if fired else None
        return Ruling(first, tuple(rule.name for rule in fired[1:]), failed)


def compiled(expression: str) -> Any:
    """The compiled expression. Raises `Wrong` where it is no CEL, names what is not there, or is not true or false."""
    try:
        found = _environment().compile(expression)
    except RuntimeError as error:
        raise Wrong(_readable(str(error))) from None
    if found.return_type() != cel.Type.BOOL:
        raise Wrong(f"a rule is true or false; this is {found.return_type()}")
    return found


def evaluated(expression: Any, facts: Mapping[str, Any]) -> bool | str:
    """True or false, or why there is no answer."""
    try:
        answer = expression.eval(data=facts).plain_value()
    except RuntimeError as error:
        return _readable(str(error))
    return answer if isinstance(answer, bool) else _readable(str(answer))


@cache
def _environment() -> Any:
    return cel.NewEnv(variables=dict(VARIABLES))


def _enclosed(when: str) -> str:
    """The line's end closes a remark that the expression may end with."""
    return f"({when}\n)"


def _readable(message: str) -> str:
    """The engine's words without its own status marks."""
    for mark in ("INVALID_ARGUMENT: ", "INTERNAL: ", "CANCELLED: ", "ERROR: <input>:"):
        message = message.removeprefix(mark)
    return message.split(" [INVALID_ARGUMENT]")[0].split(" [INTERNAL]")[0].split(" [CANCELLED]")[0]
