"""`interactions`: each one's latest revision with its verdict, and tombstones of deleted ones."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.moderation.domain.remembering import tombstone
from shared.mongo.database import Database
from shared.mongo.indexes import Index
from shared.mongo.operations import InsertOne, UpdateOne
from shared.mongo.transactions import Transaction

Row = dict[str, Any]


class Interactions:
    """Rows change by compare-and-set on `seq`, except fields that have their own number (`sight`)."""

    def __init__(self, database: Database) -> None:
        self._rows = database.brand(
            "interactions",
            Index(("echo", "brand_id", "seen_at")),
            Index(("author.id", "brand_id")),
        )

    async def get(self, brand_id: str, interaction_id: str, *, tx: Transaction | None = None) -> Row | None:
        """One row, tombstones too."""
        return await self._rows.get({"_id": interaction_id, "brand_id": brand_id}, tx=tx)

    async def known(self, brands: Sequence[str], ids: Sequence[str]) -> dict[str, Row]:
        """Those of `ids` that have a row."""
        if not ids:
            return {}
        rows = await self._rows.find({"_id": {"$in": ids}, "brand_id": {"$in": brands}})
        return {row["_id"]: row for row in rows}

    async def echoes(self, brands: Sequence[str], keys: Sequence[str], since: datetime) -> dict[str, int]:
        """How often each key was said since then."""
        if not keys:
            return {}
        match = {"echo": {"$in": keys}, "brand_id": {"$in": brands}, "seen_at": {"$gte": since}}
        return await self._counted(match, "$echo")

    async def spoken(self, brands: Sequence[str], authors: Sequence[str]) -> dict[str, int]:
        """How many interactions each author has addressed to the brand."""
        if not authors:
            return {}
        return await self._counted({"author.id": {"$in": authors}, "brand_id": {"$in": brands}}, "$author.id")

    async def repeats(self, brand_id: str, rows: Sequence[Row], within: timedelta) -> dict[str, int]:
        """How often the same had been said shortly before each of these."""
        keys = list({row["echo"] for row in rows if row["echo"]})
        if not keys:
            return {}
        since = min(row["seen_at"] for row in rows) - within
        match = {"echo": {"$in": keys}, "brand_id": brand_id, "seen_at": {"$gte": since}}
        said = [
            (one["echo"], one["seen_at"]) for one in await self._rows.find(match, projection={"echo": 1, "seen_at": 1})
        ]
        return {
            row["_id"]: sum(echo == row["echo"] and row["seen_at"] - within <= at < row["seen_at"] for echo, at in said)
            for row in rows
        }

    async def write(self, changes: Sequence[tuple[Row, Row | None]]) -> list[int]:
        """Store rows, each unless its row changed since it was read (`before`); the positions of those that had."""
        if not changes:
            return []
        return (await self._rows.bulk([_operation(row, before) for row, before in changes])).duplicates

    async def change(self, row: Row, update: Mapping[str, Any], *, tx: Transaction) -> bool:
        """Change a row as it was read in this transaction; False where it is another by now."""
        where = {"_id": row["_id"], "brand_id": row["brand_id"], "seq": row["seq"]}
        done = await self._rows.update(where, {"$set": dict(update), "$inc": {"seq": 1}}, tx=tx)
        return done.matched == 1

    async def see(self, sights: Sequence[Row]) -> None:
        """Note what others see now; an older sighting than the known one changes nothing."""
        operations = [
            UpdateOne(
                {"_id": one["_id"], "brand_id": one["brand_id"], "sight": {"$not": {"$gte": one["sight"]}}},
                {"$set": {"sight": one["sight"], "visibility": one["visibility"]}},
                upsert=True,
            )
            for one in sights
        ]
        await self._rows.bulk(operations)

    async def bury(self, gone: Sequence[Row]) -> None:
        """Tombstones, whether or not anything was known before."""
        operations = [
            UpdateOne(
                {"_id": one["_id"], "brand_id": one["brand_id"]},
                {
                    "$set": {"deleted_at": one["deleted_at"], "place": one["place"]},
                    "$unset": tombstone(),
                    "$inc": {"seq": 1},
                },
                upsert=True,
            )
            for one in gone
        ]
        await self._rows.bulk(operations)

    async def _counted(self, match: Row, key: str) -> dict[str, int]:
        pipeline = [{"$match": match}, {"$group": {"_id": key, "count": {"$sum": 1}}}]
        return {row["_id"]: row["count"] for row in await self._rows.aggregate(pipeline)}


def _operation(row: Row, before: Row | None) -> InsertOne | UpdateOne:
    if before is None:
        return InsertOne({**row, "seq": 1})
    where = {"_id": row["_id"], "brand_id": row["brand_id"], "seq": before.get("seq", {"$exists": False})}
    fields = {name: value for name, value in row.items() if name not in ("_id", "brand_id", "seq")}
    return UpdateOne(where, {"$set": fields, "$inc": {"seq": 1}}, upsert=True)
