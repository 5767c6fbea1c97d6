"""How much came in, was judged and was hidden: one document a brand, hour and partition, summed on read.

A message is counted once because its counts and its stretch of the partition are one transaction; a statement that
its service made twice (it was killed between stating and committing) is counted once because it leaves a mark.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from shared.bus.envelope import Cause
from shared.events.event import BrandEvent
from shared.mongo.indexes import Index
from shared.mongo.operations import UpdateOne
from shared.mongo.transactions import Transaction

if TYPE_CHECKING:
    from shared.mongo.database import Database

WORDS = ("came_in", "judged", "hidden")
MARKS_DAYS = 30


@dataclass(frozen=True, slots=True)
class Count:
    """One more of `word` at a brand in the hour of `at`. `cause` says which statement this is, and where it stood."""

    brand_id: str
    word: str
    at: datetime
    cause: Cause

    @classmethod
    def of(cls, event: BrandEvent, word: str, at: datetime, cause: Cause) -> "Count":
        """What this event counts as."""
        return cls(event.brand_id, word, at, cause)


class Counts:
    """The `counts` collection, and the marks of what was counted."""

    def __init__(self, database: "Database") -> None:
        self._counts = database.brand("counts", Index(("brand_id", "hour")))
        self._marks = database.brand("counted", Index("at", ttl_seconds=MARKS_DAYS * 86_400))

    async def add(self, counts: Sequence[Count], tx: Transaction) -> None:
        """Count those statements that were not counted yet; all are of one partition, where their repetitions are."""
        fresh = await self._fresh({count.cause.event_id: count for count in counts}, tx)
        if not fresh:
            return
        marks = [{"_id": one.cause.event_id, "brand_id": one.brand_id, "at": one.cause.time} for one in fresh]
        await self._marks.insert_many(marks, tx=tx)
        together = Counter((one.brand_id, _hour(one.at), _place(one.cause), one.word) for one in fresh)
        await self._counts.bulk([_update(*of, n) for of, n in together.items()], tx=tx)

    async def since(self, brands: Sequence[str], moment: datetime) -> dict[str, dict[str, int]]:
        """For each brand how many of each word from the hour of `moment` on."""
        wanted = {"brand_id": {"$in": list(brands)}, "hour": {"$gte": _hour(moment)}}
        sums = {word: {"$sum": f"${word}"} for word in WORDS}
        rows = await self._counts.aggregate([{"$match": wanted}, {"$group": {"_id": "$brand_id", **sums}}])
        return {row["_id"]: {word: int(row[word]) for word in WORDS} for row in rows}

    async def _fresh(self, counts: dict[str, Count], tx: Transaction) -> list[Count]:
        brands = sorted({count.brand_id for count in counts.values()})
        wanted = {"_id": {"$in": list(counts)}, "brand_id": {"$in": brands}}
        known = {row["_id"] for row in await self._marks.find(wanted, projection=["_id"], tx=tx)}
        return [count for event_id, count in counts.items() if event_id not in known]


def _update(brand_id: str, hour: datetime, place: str, word: str, n: int) -> UpdateOne:
    where = {"_id": f"{brand_id}|{hour:%Y-%m-%dT%H}|{place}", "brand_id": brand_id}
    return UpdateOne(where, {"$inc": {word: n}, "$setOnInsert": {"hour": hour, "place": place}}, upsert=True)


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _place(cause: Cause) -> str:
    """Written by one consumer alone, so that counters never wait for each other."""
    return f"{cause.topic}/{cause.partition}"
