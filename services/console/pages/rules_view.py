"""House rules as pages show them: the list in order, the form of one rule, what a trial found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from starlette.datastructures import FormData

from services.console.domain.numbers import HIGHEST, whole
from services.console.words import Words

OUTCOMES = ("allow", "hide", "delete")
SIGNS = {"allow": ("ok", "eye"), "hide": ("warn", "eyeoff"), "delete": ("bad", "trash")}
ANSWERS = ("complaint", "urgent", "question", "thanks")
NEW: Mapping[str, Any] = {
    "name": "",
    "when": "",
    "outcome": "hide",
    "open_case": True,
    "suggest_reply": "",
    "severity": 1,
}
Rule = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule in the list. `place` counts from 1; `replaced`: an agency's that one of the brand's own stands for."""

    place: int
    name: str
    when: str
    kind: str
    icon: str
    outcome: str
    then: Sequence[str]
    own: bool
    replaced: bool
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class Form:
    """One rule as it is written. `was` is the name it had; `version` the one that was read."""

    do: str
    was: str
    version: int
    name: str
    when: str
    outcome: str
    open_case: bool
    suggest_reply: str
    severity: int

    @classmethod
    def of(cls, rule: Rule | None, version: int) -> Self:
        """A stored rule, or an empty one."""
        given: dict[str, Any] = {**NEW, **(rule or {})}
        return cls(do="", was=str(given["name"]), version=version, **{name: given[name] for name in NEW})

    @classmethod
    def read(cls, form: FormData) -> Self:
        """As it was sent."""
        text = {name: str(form.get(name, "")).strip() for name in ("do", "was", "name", "outcome", "suggest_reply")}
        numbers = {name: _number(form.get(name)) for name in ("version", "severity")}
        when = str(form.get("when", "")).replace("\r\n", "\n").strip()
        read: dict[str, Any] = {**text, **numbers, "when": when, "open_case": form.get("open_case") == "1"}
        return cls(**read)

    def at(self, version: int) -> Self:
        """The same, on top of another version."""
        return replace(self, version=version)

    @property
    def rule(self) -> dict[str, Any]:
        """As moderation takes it."""
        return {name: getattr(self, name) for name in NEW}


@dataclass(frozen=True, slots=True)
class Trial:
    """What the rule of the form would have done."""

    tried: int
    fires: int
    matches: int
    failed: str
    samples: Sequence[Mapping[str, str]]


def listed(standing: Mapping[str, Any], words: Words) -> list[Listed]:
    """The brand's own rules, then its agency's, as they are asked."""
    own, agency = standing["own"]["rules"], standing["agency"]["rules"]
    names = {rule["name"] for rule in own}
    last = len(own)
    rows = [_row(rule, place, words, own=True, last=place == last) for place, rule in enumerate(own, 1)]
    place = last
    for rule in agency:
        is_replaced = rule["name"] in names
        place += not is_replaced
        rows.append(_row(rule, place, words, own=False, replaced=is_replaced))
    return rows


def changed(own: Sequence[Rule], form: Form) -> tuple[list[Rule], int]:
    """The brand's own rules with that of the form in its place (a new one last), and which place that is."""
    rules = list(own)
    place = next((number for number, rule in enumerate(rules) if rule["name"] == form.was), len(rules))
    rules[place : place + 1] = [form.rule]
    return rules, place


def without(own: Sequence[Rule], name: str) -> list[Rule]:
    """The rules but one."""
    return [rule for rule in own if rule["name"] != name]


def order_changed(own: Sequence[Rule], name: str, step: int) -> list[Rule]:
    """The rules with one moved a place; the first does not rise, the last does not sink."""
    rules = list(own)
    place = next(number for number, rule in enumerate(rules) if rule["name"] == name)
    other = min(max(place + step, 0), len(rules) - 1)
    rules[place], rules[other] = rules[other], rules[place]
    return rules


def problems_of(body: Mapping[str, Any], place: int) -> dict[str, str]:
    """What moderation found wrong, by the form's field; what is wrong elsewhere goes to the whole."""
    found: dict[str, str] = {}
    for error in body.get("errors") or [{"at": "", "why": body.get("detail", "")}]:
        why = str(error.get("why", ""))
        field = _field(why) if error.get("at") in (f"rules/{place}", "rules") else "whole"
        found.setdefault(field, why)
    return found


def tried(body: Mapping[str, Any], name: str, docs: Sequence[Mapping[str, Any]]) -> Trial:
    """The trial of the rule of that name; `docs` are a few that it would decide."""
    samples = [{"id": doc["_id"], "text": doc.get("text", ""), "name": doc["author"].get("name", "")} for doc in docs]
    return Trial(
        tried=int(body.get("tried", 0)),
        fires=int(body.get("fires", {}).get(name, 0)),
        matches=int(body.get("matches", {}).get(name, 0)),
        failed=str(body.get("failed", {}).get(name, "")),
        samples=samples,
    )


def _row(rule: Rule, place: int, words: Words, *, own: bool, last: bool = False, replaced: bool = False) -> Listed:
    kind, icon = SIGNS.get(rule["outcome"], ("mute", "ring"))
    then = [words("rules.opens_case", level=rule["severity"])] if rule.get("open_case") else []
    if rule.get("suggest_reply"):
        kind_of_answer = words.known(f"rules.answer_{rule['suggest_reply']}", rule["suggest_reply"])
        then.append(words("rules.suggests", kind=kind_of_answer))
    outcome = words.known(f"rules.outcome_{rule['outcome']}", rule["outcome"])
    return Listed(place, rule["name"], rule["when"], kind, icon, outcome, then, own, replaced, own and place == 1, last)


def _field(why: str) -> str:
    if why.startswith(("a rule has a name", "two rules have")):
        return "name"
    if why.startswith("the outcome"):
        return "outcome"
    if why.startswith("the severity"):
        return "severity"
    return "when"


def _number(value: Any) -> int:
    return whole(str(value or ""), HIGHEST) or 0
