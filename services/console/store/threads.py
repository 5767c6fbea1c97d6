"""Which threads were spoken in most, from the inbox's own documents."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from shared.mongo.operations import Document

if TYPE_CHECKING:
    from shared.mongo.database import Database

MOST = 50_000  # interactions of a period that are looked at, the newest first
ANGRY = ("complaint", "insult", "hate", "threat", "profanity")
SPEAKS = 0.5


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
