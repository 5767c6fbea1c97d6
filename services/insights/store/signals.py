"""`signals`: where each brand stands; `seq` is the brand's own number of its signals."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from functools import partial
from typing import Any

from services.insights.domain.crisis import Heard, Standing
from services.insights.domain.statements import standing_after
from shared.events.insights.parts import CrisisFact
from shared.mongo.database import Database
from shared.mongo.indexes import Index
from shared.mongo.transactions import Transaction

Row = Mapping[str, Any]
MOST = 20_000  # interactions of a window that are looked at: where there are more, these are enough
HOTTEST = 3


class Signals:
    """Standings, and what a brand heard of late."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = database.brand("signals", Index(("suspected_at",)))
        self._all = database.system("signals")  # system: the loop that watches does so for all brands
        self._interactions = database.brand("interactions")

    async def suspected(self) -> list[str]:
        """The brands in a suspected crisis."""
        return [row["_id"] for row in await self._all.find({"suspected_at": {"$ne": None}}, projection=["_id"])]

    async def get(self, brand_id: str) -> tuple[Standing, int]:
        """Where the brand stands, and its number."""
        row = await self._rows.get({"_id": brand_id, "brand_id": brand_id})
        return (
            (Standing(**{one.name: row[one.name] for one in fields(Standing)}), row["seq"])
            if row
            else (
                Standing(),
                0,
            )
        )

    async def put(self, brand_id: str, standing: Standing, seq: int, before: int, tx: Transaction) -> bool:
        """Where the brand stands now; False where another has moved it from number `before`."""
        about = {"_id": brand_id, "brand_id": brand_id}
        row = await self._rows.get(about, ["seq"], tx=tx)
        if (row["seq"] if row else 0) != before:
            return False
        await self._rows.replace(about, {**about, **asdict(standing), "seq": seq}, upsert=True, tx=tx)
        return True

    async def recall(self, facts: Sequence[CrisisFact], epoch: int) -> None:
        """Where these brands stood by the last that was stated of them, so that a crisis that nobody remembers eases,
        and the next fact has a higher number."""
        for fact in facts:
            await self._database.transact(partial(self._recall, fact))

    async def _recall(self, fact: CrisisFact, tx: Transaction) -> None:
        known = await self._rows.get({"_id": fact.brand_id, "brand_id": fact.brand_id}, ["seq"], tx=tx)
        if (before := known["seq"] if known else 0) < fact.seq:
            await self.put(fact.brand_id, standing_after(fact), fact.seq, before, tx)

    async def heard(self, brand_id: str, begin: datetime) -> Heard:
        """What people said since then, as far as it is judged."""
        sums = {
            "said": {"$sum": 1},
            "negative": {"$sum": {"$cond": ["$angry", 1, 0]}},
            "authors": {"$addToSet": {"$cond": ["$angry", "$author.id", None]}},
        }
        found = await self._interactions.aggregate([*_recent(brand_id, begin), {"$group": {"_id": None, **sums}}])
        if not found:
            return Heard(0, 0, 0)
        return Heard(found[0]["negative"], found[0]["said"], len(set(found[0]["authors"]) - {None}))

    async def hottest(self, brand_id: str, begin: datetime) -> Sequence[Row]:
        """The threads with most anger since then."""
        group = {"_id": {"thread": "$thread_id", "channel": "$channel_id"}, "negative": {"$sum": 1}}
        return await self._interactions.aggregate(
            [
                *_recent(brand_id, begin),
                {"$match": {"angry": True}},
                {"$group": group},
                {"$sort": {"negative": -1, "_id": 1}},
                {"$limit": HOTTEST},
            ]
        )


def _recent(brand_id: str, begin: datetime) -> list[Mapping[str, Any]]:
    live = {"brand_id": brand_id, "said_at": {"$gte": begin}, "own": False, "backfill": False}
    angry = {"$eq": ["$verdict.mood", "negative"]}
    return [{"$match": live}, {"$sort": {"said_at": -1}}, {"$limit": MOST}, {"$set": {"angry": angry}}]
