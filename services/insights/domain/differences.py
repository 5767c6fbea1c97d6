"""What changed documents change in the counters of hours and people."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.insights.domain.interaction import Counted, State, counted


@dataclass(slots=True)
class Difference:
    """What to add to one counter. `about` says what it is a counter of; `moments` are when it was spoken of."""

    brand_id: str
    key: str
    about: Mapping[str, Any]
    words: Counter[str] = field(default_factory=Counter)
    moments: list[datetime] = field(default_factory=list)

    def changes(self) -> dict[str, int]:
        """The words that change."""
        return {word: n for word, n in self.words.items() if n}


def hour_key(brand_id: str, channel_id: str, hour: datetime) -> str:
    """The name of a channel's hour."""
    return f"{brand_id}|{channel_id}|{hour:%Y-%m-%dT%H}"


def person_key(brand_id: str, person_id: str) -> str:
    """The name of a person at a brand."""
    return f"{brand_id}|{person_id}"


def differences(changes: Iterable[tuple[str, State, State]]) -> tuple[list[Difference], list[Difference]]:
    """Of (brand, before, after): what to add to hours and to people."""
    hours: dict[str, Difference] = {}
    people: dict[str, Difference] = {}
    for brand_id, before, after in changes:
        for state, sign in ((before, -1), (after, 1)):
            found = counted(state)
            if found is not None:
                _add(hours, _hour(brand_id, found), found.words, sign, found.said_at)
                if found.person_id:
                    _add(people, _person(brand_id, found), found.person_words, sign, found.said_at)
    return _changing(hours), _changing(people)


def _add(into: dict[str, Difference], one: Difference, words: Counter[str], sign: int, at: datetime) -> None:
    difference = into.setdefault(one.key, one)
    for name, n in words.items():
        difference.words[name] += sign * n
    difference.moments.append(at)


def _changing(found: Mapping[str, Difference]) -> list[Difference]:
    return [one for one in found.values() if one.changes()]


def _hour(brand_id: str, found: Counted) -> Difference:
    key = hour_key(brand_id, found.hour.channel_id, found.hour.hour)
    return Difference(brand_id, key, found.hour._asdict())


def _person(brand_id: str, found: Counted) -> Difference:
    return Difference(brand_id, person_key(brand_id, found.person_id), {"person_id": found.person_id})
