"""A person as the list and their page need them: the mood they are mostly in, and what each thing said counts as."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

from services.console.domain.numbers import whole

MOODS = ("negative", "positive", "neutral")  # of two that were as frequent, the first is told
ANGRY = ("complaint", "insult", "hate", "threat", "profanity")
GLAD, SPEAKS = "praise", 0.5
SORTS = ("said", "last")
FARTHEST = 10_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which people, in which order; everything empty is all of them, those who said most first."""

    query: str = ""
    network: str = ""
    mood: str = ""
    sort: str = "said"
    skip: int = 0

    @classmethod
    def read(cls, params: Mapping[str, str]) -> Self:
        """From an address; what it does not know it leaves out."""
        mood, sort, skip = params.get("mood", ""), params.get("sort", ""), params.get("skip", "")
        return cls(
            query=params.get("q", "").strip()[:120],
            network=params.get("network", "")[:40],
            mood=mood if mood in MOODS else "",
            sort=sort if sort in SORTS else SORTS[0],
            skip=whole(skip, FARTHEST) or 0,
        )

    def address(self, skip: int) -> str:
        """The query string of this view from there on."""
        named = {"q": self.query, "network": self.network, "mood": self.mood, "sort": self.sort, "skip": skip or ""}
        return f"?{urlencode({name: value for name, value in named.items() if value})}"


def mostly(moods: Mapping[str, int]) -> str:
    """The mood that most of what was said has; empty where nothing was judged."""
    most = max(moods.values(), default=0)
    return next((mood for mood in MOODS if most and moods.get(mood, 0) == most), "")


def mood_of(scores: Mapping[str, float]) -> str:
    """As insights counts it: the stronger of anger and praise, where one speaks at all."""
    angry = max((scores.get(signal, 0.0) for signal in ANGRY), default=0.0)
    glad = scores.get(GLAD, 0.0)
    if max(angry, glad) < SPEAKS:
        return "neutral"
    return "negative" if angry >= glad else "positive"


def as_hours(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each thing said as an hour of its own, for a chart."""
    return [
        {"hour": one["said_at"], "said": 1, "moods": {mood_of(verdict["scores"]): 1} if verdict else {}}
        for one in items
        for verdict in [one.get("verdict")]
    ]
