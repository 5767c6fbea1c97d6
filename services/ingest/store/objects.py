"""What ingest remembers of every object it saw: one document each, changed by compare-and-set on `n`."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from services.ingest.domain.completeness import Span
from services.ingest.domain.memory import Memory
from shared.mongo.database import Database
from shared.mongo.indexes import Index
from shared.mongo.operations import InsertOne, ReplaceOne

GRACE_MS = 10 * 60 * 1000
FAR = datetime(9999, 1, 1, tzinfo=UTC)
A_PART = 1_000
MEMORY_FIELDS = tuple(field.name for field in fields(Memory))


@dataclass(slots=True)
class Remembered:
    """A stored object: its memory, the place first seen (a deletion's notice may not tell it), and its `n`."""

    interaction_id: str
    brand_id: str
    channel_id: str
    memory: Memory
    place: Mapping[str, Any]
    said_at: datetime | None = None
    n: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """An object that is not known to be deleted: enough of it to ask its network for it."""

    interaction_id: str
    brand_id: str
    channel_id: str
    place: Mapping[str, Any]


class Objects:
    """The `objects` collection."""

    def __init__(self, database: Database) -> None:
        self._rows = database.brand("objects", Index(("brand_id", "channel_id", "said_at", "_id")))

    async def recall(self, wanted: Mapping[str, str]) -> dict[str, Remembered]:
        """The objects known among `wanted` (interaction id → brand)."""
        if not wanted:
            return {}
        rows = await self._rows.find({"_id": {"$in": list(wanted)}, "brand_id": {"$in": sorted(set(wanted.values()))}})
        return {row["_id"]: _remembered(row) for row in rows if wanted[row["_id"]] == row["brand_id"]}

    async def remember(self, objects: Sequence[Remembered]) -> list[str]:
        """Store what changed; the ids that somebody else changed since they were recalled (do those again)."""
        result = await self._rows.bulk([_operation(one) for one in objects])
        return [objects[position].interaction_id for position in result.duplicates]

    async def standing(self, brand_id: str, channel_id: str, span: Span) -> AsyncIterator[list[Standing]]:
        """All objects said on a channel within `span` that are not known to be deleted, a part at a time."""
        where = {"brand_id": brand_id, "channel_id": channel_id, "deleted": False}
        since, last = span[0], ""
        while True:
            after = {"$or": [{"said_at": {"$gt": since}}, {"said_at": since, "_id": {"$gt": last}}]}
            rows = await self._rows.find(
                {**where, "said_at": {"$gte": since, "$lte": span[1]}, **after},
                sort=("said_at", "_id"),
                limit=A_PART,
                projection=["brand_id", "channel_id", "place", "said_at"],
            )
            if rows:
                yield [Standing(row["_id"], brand_id, channel_id, row["place"]) for row in rows]
            if len(rows) < A_PART:
                return
            since, last = rows[-1]["said_at"], rows[-1]["_id"]

    async def arrivals(self, brand_id: str, channel_id: str, since: datetime, now: datetime) -> dict[str, int]:
        """How the interactions said since then arrived; each counts once.

        `webhook`: one came before, or within ten minutes after, the first poll that saw it; `poll_only`: none did;
        `pending`: not decided yet.
        """
        rows = await self._rows.aggregate(
            [
                {"$match": {"brand_id": brand_id, "channel_id": channel_id, "said_at": {"$gte": since}}},
                {"$group": {"_id": _arrival(now), "count": {"$sum": 1}}},
            ]
        )
        return {"webhook": 0, "poll_only": 0, "pending": 0} | {row["_id"]: row["count"] for row in rows}

    async def count(self, brand_id: str, channel_id: str) -> int:
        """How many objects of a channel stand."""
        return await self._rows.count({"brand_id": brand_id, "channel_id": channel_id, "deleted": False})


def _arrival(now: datetime) -> dict[str, Any]:
    """Missing dates compare as lower than all dates in MongoDB, hence the `$ifNull`."""
    poll = {"$ifNull": ["$poll_at", FAR]}
    webhook = {"$ifNull": ["$webhook_at", FAR]}
    grace = {"$add": [{"$min": [poll, now]}, GRACE_MS]}
    return {
        "$cond": [
            {"$and": [{"$lt": [webhook, FAR]}, {"$or": [{"$eq": [poll, FAR]}, {"$lte": [webhook, grace]}]}]},
            "webhook",
            {"$cond": [{"$and": [{"$lt": [poll, FAR]}, {"$lt": [grace, now]}]}, "poll_only", "pending"]},
        ]
    }


def _operation(one: Remembered) -> InsertOne | ReplaceOne:
    """A new object costs an insertion; where it is known after all, either meets its key."""
    if one.n == 0:
        return InsertOne(_row(one))
    return ReplaceOne({"_id": one.interaction_id, "brand_id": one.brand_id, "n": one.n}, _row(one), upsert=True)


def _row(one: Remembered) -> dict[str, Any]:
    memory = {name: getattr(one.memory, name) for name in MEMORY_FIELDS}
    memory["versions"] = list(one.memory.versions)
    return {
        "_id": one.interaction_id,
        "brand_id": one.brand_id,
        "channel_id": one.channel_id,
        "place": dict(one.place),
        "said_at": one.said_at,
        "n": one.n + 1,
        **memory,
    }


def _remembered(row: dict[str, Any]) -> Remembered:
    known = {name: row[name] for name in MEMORY_FIELDS if name in row}
    known["versions"] = tuple(known["versions"])
    return Remembered(
        interaction_id=row["_id"],
        brand_id=row["brand_id"],
        channel_id=row["channel_id"],
        memory=Memory(**known),
        place=row["place"],
        said_at=row["said_at"],
        n=row["n"],
    )
