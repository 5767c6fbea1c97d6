"""What must hold before a policy is saved: whole, small, typed, and answering on interactions of every kind."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.moderation.domain.judge.seat import SIGNALS
from services.moderation.domain.policy.compiled import Policy, Wrong, compiled, evaluated
from shared.events.moderation.policy_changed import Rule

OUTCOMES = ("allow", "hide", "delete")
MOST_RULES = 100
LONGEST_NAME = 80
LONGEST_EXPRESSION = 2000
LONGEST_POLICY = 40_000
SEVERITIES = (1, 2, 3)


def problems(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """What is wrong, each with the rule's place and name and why; empty where the policy may be saved."""
    if len(rules) > MOST_RULES:
        return [{"at": "rules", "why": f"at most {MOST_RULES} rules"}]
    if sum(len(rule.when) for rule in rules) > LONGEST_POLICY:
        return [{"at": "rules", "why": f"at most {LONGEST_POLICY} characters of expressions"}]
    found = [
        {"at": f"rules/{place}", "rule": rule.name, "why": why}
        for place, rule in enumerate(rules)
        for why in _wrong_with(rule)
    ]
    names = [rule.name for rule in rules]
    twice = sorted({name for name in names if names.count(name) > 1})
    found += [{"at": "rules", "rule": name, "why": "two rules have this name"} for name in twice]
    return found or _together(rules)


def _wrong_with(rule: Rule) -> Iterator[str]:
    if not 0 < len(rule.name.strip()) <= LONGEST_NAME:
        yield f"a rule has a name of at most {LONGEST_NAME} characters"
    if rule.outcome not in OUTCOMES:
        yield f"the outcome is one of {', '.join(OUTCOMES)}"
    if rule.severity not in SEVERITIES:
        yield "the severity is 1, 2 or 3"
    if len(rule.when) > LONGEST_EXPRESSION:
        yield f"an expression has at most {LONGEST_EXPRESSION} characters"
    else:
        yield from _wrong_expression(rule.when)


def _wrong_expression(when: str) -> Iterator[str]:
    """Compiled for its types and depth, then tried on made-up interactions: a bad pattern or an endless loop shows."""
    try:
        expression = compiled(when)
    except Wrong as wrong:
        yield str(wrong)
        return
    answers = [evaluated(expression, facts) for facts in SAMPLES]
    failed = [answer for answer in answers if isinstance(answer, str)]
    if failed:
        yield failed[0]


def _together(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    try:
        Policy(rules, 0)
    except (Wrong, RuntimeError) as wrong:
        return [{"at": "rules", "why": f"the rules cannot be compiled together: {wrong}"}]
    return []


def _sample(score: float, number: int, text: str, yes: bool) -> Mapping[str, Any]:
    words = dict.fromkeys(("language", "kind", "network", "visibility"), text)
    numbers = dict.fromkeys(("links", "repeated", "author.strikes", "author.interactions"), number)
    return {
        **{f"scores.{signal}": score for signal in SIGNALS},
        **words,
        **numbers,
        "text": text * 40,
        "shouting": score,
        "backfill": yes,
        "has_media": yes,
        "author.known": yes,
    }


SAMPLES = (_sample(0.0, 0, "", False), _sample(0.5, 1, "fr comment ", True), _sample(1.0, 7, "Où ? ", False))
