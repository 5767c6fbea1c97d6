"""Events from sums."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.insights.domain.crisis import Standing
from shared.events.ids import derive
from shared.events.insights.crisis_eased import CrisisEased
from shared.events.insights.crisis_suspected import CrisisSuspected
from shared.events.insights.hour_counted import HourCounted
from shared.events.insights.parts import CrisisFact, HotThread
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


def crisis(
    brand_id: str, before: Standing, after: Standing, number: tuple[int, int], told: Mapping[str, Any]
) -> CrisisFact:
    """What a turn of a brand's standing says; `number` is (epoch, seq), `told` what was heard, where and when."""
    begun = after.suspected_at is not None
    standing, first = (after, number[1]) if begun else (before, number[1] - 1)
    threads = [
        HotThread(channel_id=row["_id"]["channel"], thread_id=row["_id"]["thread"], negative=row["negative"])
        for row in told["threads"]
    ]
    return (CrisisSuspected if begun else CrisisEased)(
        brand_id=brand_id,
        epoch=number[0],
        signal_id=derive("crisis", brand_id, first),
        seq=number[1],
        usual=round(standing.usual, 2),
        threshold=round(standing.threshold, 2),
        learning=standing.learning,
        since=standing.suspected_at or told["at"],
        **{**told, "threads": threads},
    )


def standing_after(fact: CrisisFact) -> Standing:
    """Where a brand stood when that was stated."""
    if isinstance(fact, CrisisEased):
        return Standing()
    return Standing(fact.since, fact.usual, fact.threshold, fact.learning)
