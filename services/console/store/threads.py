"""Threads, from the inbox's own documents: which were spoken in most, and what stands around one interaction."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from services.console.store.inbox import WITHOUT_WORDS
from shared.mongo.operations import Document

if TYPE_CHECKING:
    from shared.mongo.database import Database

MOST = 50_000  # interactions of a period that are looked at, the newest first
ANGRY = ("complaint", "insult", "hate", "threat", "profanity")
SPEAKS = 0.5
IN_ORDER, BACKWARDS = ("said_at", "_id"), ("-said_at", "-_id")


class Threads:
    """Reads the `interactions` collection."""

    def __init__(self, database: "Database") -> None:
        self._interactions = database.brand("interactions")

    async def loudest(self, brand_ids: Sequence[str], begin: datetime, end: datetime, limit: int) -> list[Document]:
        """The threads with most interactions of people, with one of them to read."""
        people = {"brand_id": {"$in": list(brand_ids)}, "said_at": {"$gte": begin, "$lt": end}}
        angry = {"$gte": [{"$max": [f"$verdict.scores.{signal}" for signal in ANGRY]}, SPEAKS]}
        first = {name: {"$first": f"${name}"} for name in ("network", "channel_id", "brand_id", "text", "author")}
        sums = {"said": {"$sum": 1}, "angry": {"$sum": {"$cond": [angry, 1, 0]}}, "item": {"$first": "$_id"}}
        return await self._interactions.aggregate(
            [
                {"$match": people | {"author_is_brand": False, "deleted": {"$ne": True}}},
                {"$sort": {"said_at": -1}},
                {"$limit": MOST},
                {"$group": {"_id": {"brand": "$brand_id", "thread": "$thread_id"}, **first, **sums}},
                {"$sort": {"said": -1, "_id": 1}},
                {"$limit": limit},
            ]
        )

    async def around(self, item: Mapping[str, Any], size: int, after: int) -> list[Document]:
        """An interaction amid its thread, in order: `size`, or the whole thread where that is shorter.

        Up to `after` of them were said after it, and more only where too few were said before it.
        """
        if not item.get("thread_id"):
            return [dict(item)]
        later, sooner = await asyncio.gather(
            self._find(_beyond(item, "$gt"), IN_ORDER, after), self._find(_beyond(item, "$lt"), BACKWARDS, size - 1)
        )
        sooner = sooner[: size - 1 - len(later)]
        if later and (left := size - 1 - len(later) - len(sooner)):
            later += await self._find(_beyond(later[-1], "$gt"), IN_ORDER, left)
        return [*reversed(sooner), dict(item), *later]

    async def beyond(self, shown: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
        """How many stand in the same thread before these and after them; counted in an index, which ranges allow."""
        first = shown[0]
        thread = {"brand_id": first["brand_id"], "thread_id": first["thread_id"]}
        before, beside, whole = await asyncio.gather(
            self._interactions.count(thread | {"said_at": {"$lt": first["said_at"]}}),
            self._interactions.count(thread | {"said_at": first["said_at"], "_id": {"$lt": first["_id"]}}),
            self._interactions.count(thread),
        )
        return before + beside, max(0, whole - before - beside - len(shown))

    async def _find(self, wanted: Mapping[str, Any], order: Sequence[str], limit: int) -> list[Document]:
        return await self._interactions.find(wanted, sort=order, limit=limit, projection=WITHOUT_WORDS)


def _beyond(item: Mapping[str, Any], side: str) -> dict[str, Any]:
    """What was said on one side of an interaction; those of the same moment stand in the order of their ids."""
    said = item["said_at"]
    either = [{"said_at": {side: said}}, {"_id": {side: item["_id"]}}]
    return {"brand_id": item["brand_id"], "thread_id": item["thread_id"], "said_at": {f"{side}e": said}, "$or": either}
