"""Audiences compiled together: which of them a person belongs to is one evaluation."""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from cel_expr_python import cel

from services.campaigns.domain.audience.profile import VARIABLES

Criteria = tuple[str, ...]
LONGEST = 2000
MOST = 20


class Wrong(Exception):
    """A criterion is not valid; the message is the compiler's, with its caret."""


class Audiences:
    """Audiences by key, each a tuple of criteria that all must hold; without any it is everybody."""

    def __init__(self, audiences: Mapping[str, Criteria]) -> None:
        self._keys = tuple(audiences)
        self._each = [_expression(criteria) for criteria in audiences.values()]
        self._all = _environment().compile("[" + ", ".join(self._each) + "]") if self._keys else None

    def of(self, facts: Mapping[str, Any]) -> list[str]:
        """The keys of the audiences that this person belongs to; a criterion that fails on them leaves them out."""
        if self._all is None:
            return []
        try:
            answers = self._all.eval(data=facts).plain_value()
        except RuntimeError:
            answers = None
        if not isinstance(answers, list):
            answers = [_holds(expression, facts) for expression in self._each]
        return [key for key, holds in zip(self._keys, answers, strict=True) if holds is True]


@lru_cache(maxsize=512)
def together(audiences: tuple[tuple[str, Criteria], ...]) -> Audiences:
    """The same, made once for the same audiences."""
    return Audiences(dict(audiences))


def problems(criteria: Sequence[str]) -> list[dict[str, Any]]:
    """What is wrong, each with its place and why; empty where they may be used."""
    if len(criteria) > MOST:
        return [{"at": "criteria", "why": f"at most {MOST} criteria"}]
    found = [(place, _wrong_with(when)) for place, when in enumerate(criteria)]
    return [{"at": f"criteria/{place}", "why": why} for place, why in found if why]


def _wrong_with(when: str) -> str:
    if len(when) > LONGEST:
        return f"a criterion has at most {LONGEST} characters"
    try:
        _check(when)
    except Wrong as wrong:
        return str(wrong)
    return ""


def _check(when: str) -> None:
    try:
        found = _environment().compile(when)
    except RuntimeError as error:
        raise Wrong(_readable(str(error))) from None
    if found.return_type() != cel.Type.BOOL:
        raise Wrong(f"a criterion is true or false; this is {found.return_type()}")


@lru_cache(maxsize=4096)
def _compiled(expression: str) -> Any:
    return _environment().compile(expression)


def _holds(expression: str, facts: Mapping[str, Any]) -> bool:
    try:
        return _compiled(expression).eval(data=facts).plain_value() is True
    except RuntimeError:
        return False


@cache
def _environment() -> Any:
    return cel.NewEnv(variables=dict(VARIABLES))


def _expression(criteria: Criteria) -> str:
    """The line's end closes a remark that a criterion may end with."""
    return "(" + " && ".join(f"({when}\n)" for when in criteria) + ")" if criteria else "true"


def _readable(message: str) -> str:
    """The engine's words without its own status marks."""
    for mark in ("INVALID_ARGUMENT: ", "INTERNAL: ", "CANCELLED: ", "ERROR: <input>:"):
        message = message.removeprefix(mark)
    return message.split(" [INVALID_ARGUMENT]")[0].split(" [INTERNAL]")[0]
