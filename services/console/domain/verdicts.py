"""How a verdict is read: which of its scores are worth a word, and what it means for what people do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SPEAKS = 0.5
MOST_TAGS = 2
GRAVE = ("threat", "hate", "insult", "toxicity", "sexual", "personal_data")
SIGNS: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(GRAVE, ("bad", "oct")),
    "complaint": ("warn", "quote"),
    "criticism": ("warn", "quote"),
    "question": ("info", "q"),
    "praise": ("ok", "heart"),
    "spam": ("mute", "ban"),
    "urgency": ("warn", "bolt"),
}


@dataclass(frozen=True, slots=True)
class Sign:
    """A word beside a text: its colour, its shape, its name and its score."""

    kind: str
    icon: str
    name: str
    score: float


def signs(verdict: Mapping[str, Any] | None) -> list[Sign]:
    """The scores that speak, the strongest first, at most two."""
    if not verdict:
        return []
    loud = [(score, name) for name, score in verdict.get("scores", {}).items() if score >= SPEAKS and name in SIGNS]
    return [Sign(*SIGNS[name], name, score) for score, name in sorted(loud, reverse=True)[:MOST_TAGS]]


def scores(verdict: Mapping[str, Any] | None) -> list[tuple[str, float, str]]:
    """All scores, the highest first: name, value, and how its bar is drawn."""
    found = sorted((verdict or {}).get("scores", {}).items(), key=lambda pair: -pair[1])
    return [(name, score, _bar(name, score)) for name, score in found]


def advice(verdict: Mapping[str, Any] | None) -> str:
    """What the verdict means for people: a message's key."""
    if not verdict:
        return "not_judged"
    if verdict.get("wish") in ("hide", "delete"):
        return f"{verdict['wish']}_by_rule"
    critical = {sign.name for sign in signs(verdict)} & {"complaint", "criticism", "question", "urgency"}
    return "answer_never_hide" if critical else "fine"


def _bar(name: str, score: float) -> str:
    if score < SPEAKS:
        return ""
    return {"bad": "hot", "warn": "mid", "ok": "good", "info": "cool"}.get(SIGNS.get(name, ("", ""))[0], "")
