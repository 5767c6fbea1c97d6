"""Events from sums."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.events.insights.hour_counted import HourCounted
from shared.events.insights.person_changed import PersonChanged

Words = Mapping[str, int]


def family(words: Words, name: str) -> dict[str, int]:
    """The members of a family of words: `moods` of `moods.positive`, …"""
    return {word.partition(".")[2]: n for word, n in words.items() if word.startswith(f"{name}.")}


def hour_counted(brand_id: str, about: Mapping[str, Any], words: Words, number: tuple[int, int]) -> HourCounted:
    """Full values of a channel's hour; `number` is (epoch, changes)."""
    plain = ("said", "backfilled", "own", "edited", "deleted", "judged", "answered", "answer_seconds")
    return HourCounted(
        brand_id=brand_id,
        epoch=number[0],
        channel_id=about["channel_id"],
        network=about["network"],
        hour=about["hour"],
        seq=number[1],
        outcomes=family(words, "outcomes"),
        moods=family(words, "moods"),
        answered_within=family(words, "within"),
        **{name: words.get(name, 0) for name in plain},
    )


def person_changed(
    about: Mapping[str, str],
    words: Words,
    seen: tuple[datetime, datetime],
    number: tuple[int, int],
    newest: Mapping[str, Any] | None,
) -> PersonChanged:
    """A whole profile. `about` names brand and person, `seen` is first and last; `newest` their newest interaction."""
    author = newest["author"] if newest else {}
    return PersonChanged(
        brand_id=about["brand_id"],
        person_id=about["person_id"],
        epoch=number[0],
        seq=number[1],
        network=newest["network"] if newest else "",
        **{name: author.get(name, "") for name in ("name", "handle", "url")},
        said=words.get("said", 0),
        languages=family(words, "languages"),
        topics=family(words, "topics"),
        moods=family(words, "moods"),
        first_seen_at=seen[0],
        last_seen_at=seen[1],
    )
