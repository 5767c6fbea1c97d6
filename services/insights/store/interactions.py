"""`interactions`: what is remembered of each, without its text; counters get the difference that a fact makes.

A batch's documents, counters and stretch of the partition are one transaction: whatever is redelivered, by whom and in
which order ever, the counters stay the sum of what the documents say.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.insights.domain.differences import differences, person_key
from services.insights.domain.interaction import State
from services.insights.store.sums import Sums
from shared.bus.envelope import Cause
from shared.events.event import BrandEvent
from shared.mongo.database import Database
from shared.mongo.indexes import Index
from shared.mongo.operations import ReplaceOne
from shared.mongo.transactions import Transaction

KEPT_DAYS = 90
Fold = Callable[[State], State]
Place = tuple[str, str]  # brand, interaction


class Fact:
    """What one event does to one interaction."""

    def __init__(self, event: BrandEvent, interaction_id: str, cause: Cause, fold: Fold) -> None:
        self.place: Place = (event.brand_id, interaction_id)
        self.partition = f"{cause.topic}/{cause.partition}"
        self.fold = fold


class Interactions:
    """One document an interaction; a quarter of a year after its last fact it is forgotten, its counts are not."""

    def __init__(self, database: Database, hours: Sums, people: Sums) -> None:
        self._rows = database.brand(
            "interactions",
            Index(("brand_id", "-said_at")),
            Index(("brand_id", "author.id", "-said_at")),
            Index("touched_at", ttl_seconds=KEPT_DAYS * 86_400),
        )
        self._hours, self._people = hours, people

    async def learn(self, facts: Sequence[Fact], now: datetime, tx: Transaction) -> None:
        """Fold facts, all of one partition, and count the difference."""
        if not facts:
            return
        before = await self._read({fact.place for fact in facts}, tx)
        after: dict[Place, State] = dict(before)
        for fact in facts:
            after[fact.place] = fact.fold(after.get(fact.place, {}))
        changed = {place: state for place, state in after.items() if state != before.get(place)}
        await self._rows.bulk([_replacement(place, state, now) for place, state in changed.items()], tx=tx)
        partition = facts[0].partition
        hours, people = differences((place[0], before.get(place, {}), state) for place, state in changed.items())
        await self._hours.add(hours, partition, tx)
        await self._people.add(people, partition, tx)

    async def newest_of(self, people: Sequence[Place]) -> dict[str, Mapping[str, Any]]:
        """Of each (brand, person) what they said last, by the person's key."""
        brands, ids = sorted({brand for brand, _ in people}), sorted({person for _, person in people})
        group = {"_id": {"brand": "$brand_id", "person": "$author.id"}}
        kept = {name: {"$first": f"${name}"} for name in ("author", "network")}
        found = await self._rows.aggregate(
            [
                {"$match": {"brand_id": {"$in": brands}, "author.id": {"$in": ids}, "own": False}},
                {"$sort": {"brand_id": 1, "author.id": 1, "said_at": -1}},
                {"$group": group | kept},
            ]
        )
        return {person_key(row["_id"]["brand"], row["_id"]["person"]): row for row in found}

    async def _read(self, places: set[Place], tx: Transaction) -> dict[Place, State]:
        brands, ids = sorted({brand for brand, _ in places}), sorted({one for _, one in places})
        rows = await self._rows.find({"_id": {"$in": ids}, "brand_id": {"$in": brands}}, tx=tx)
        return {(row["brand_id"], row["_id"]): _state(row) for row in rows}


def _state(row: Mapping[str, Any]) -> State:
    return {name: value for name, value in row.items() if name not in ("_id", "brand_id", "touched_at")}


def _replacement(place: Place, state: State, now: datetime) -> ReplaceOne:
    brand_id, interaction_id = place
    about = {"_id": interaction_id, "brand_id": brand_id}
    return ReplaceOne(about, {**about, **state, "touched_at": now}, upsert=True)
