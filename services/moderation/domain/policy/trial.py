"""A policy tried on what was said: which rule would have decided each, without anything being decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.moderation.domain.policy.compiled import Policy

SHOWN = 3


@dataclass(slots=True)
class Trial:
    """`fires`: how often a rule would decide; `matches`: how often it is true at all; `samples`: a few it decides."""

    tried: int = 0
    fires: dict[str, int] = field(default_factory=dict)
    matches: dict[str, int] = field(default_factory=dict)
    samples: dict[str, list[str]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def tried(policy: Policy, said: Sequence[tuple[str, Mapping[str, Any]]]) -> Trial:
    """`said` are (the interaction's id, its facts)."""
    trial = Trial(tried=len(said))
    for interaction_id, facts in said:
        ruling = policy.rule_on(facts)
        trial.failed |= dict(ruling.failed)
        if ruling.rule is None:
            continue
        name = ruling.rule.name
        trial.fires[name] = trial.fires.get(name, 0) + 1
        for matched in (name, *ruling.also):
            trial.matches[matched] = trial.matches.get(matched, 0) + 1
        shown = trial.samples.setdefault(name, [])
        if len(shown) < SHOWN:
            shown.append(interaction_id)
    return trial
