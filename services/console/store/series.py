"""How much was said, in which mood, and how soon it was answered: one document a channel and hour, as insights told."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from services.console.store import fold
from shared.events.insights.hour_counted import HourCounted
from shared.mongo.indexes import Index
from shared.mongo.operations import Document, UpdateOne

if TYPE_CHECKING:
    from shared.mongo.database import Database

SUMMED = {"came_in": "said", "judged": "judged", "answered": "answered"}


class Series:
    """The `series` collection; of each hour the higher number wins."""

    def __init__(self, database: "Database") -> None:
        self._hours = database.brand("series", Index(("brand_id", "hour")))

    async def fold(self, facts: Sequence[HourCounted]) -> None:
        """Keep the newest of each hour."""
        await fold.write(self._hours, [_update(fact) for fact in facts])

    async def between(self, brand_ids: Sequence[str], begin: datetime, end: datetime) -> list[Document]:
        """The hours from `begin` (included) to `end` (not included), oldest first."""
        wanted = {"brand_id": {"$in": list(brand_ids)}, "hour": {"$gte": begin, "$lt": end}}
        return await self._hours.find(wanted, sort="hour")

    async def since(self, brand_ids: Sequence[str], moment: datetime) -> dict[str, dict[str, int]]:
        """For each brand how many came in, were judged and were answered, of what was said since that hour."""
        begin = moment.replace(minute=0, second=0, microsecond=0)
        wanted = {"brand_id": {"$in": list(brand_ids)}, "hour": {"$gte": begin}}
        sums = {name: {"$sum": f"${word}"} for name, word in SUMMED.items()}
        rows = await self._hours.aggregate([{"$match": wanted}, {"$group": {"_id": "$brand_id", **sums}}])
        return {row["_id"]: {name: int(row[name]) for name in SUMMED} for row in rows}


def _update(fact: HourCounted) -> UpdateOne:
    values = fact.model_dump(exclude={"brand_id", "epoch"})
    stages = [fold.newer("hour_no", (fact.epoch, fact.seq), values), {"$set": {"updated_at": "$$NOW"}}]
    return UpdateOne({"_id": f"{fact.brand_id}:{fact.subject()}", "brand_id": fact.brand_id}, stages, upsert=True)
