"""What ingest measured of each channel: completeness, backfill, the token's health."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from services.console.store import fold
from shared.events.ingest.channel_measured import ChannelMeasured
from shared.mongo.indexes import Index
from shared.mongo.operations import Document, UpdateOne

if TYPE_CHECKING:
    from shared.mongo.database import Database


class Measures:
    """One document a channel; the later measure wins."""

    def __init__(self, database: "Database") -> None:
        self._measures = database.brand("channelMeasures", Index(("brand_id",)))

    async def fold(self, facts: Sequence[ChannelMeasured]) -> None:
        """Keep the latest of each channel."""
        updates = [_update(fact) for fact in facts]
        await fold.write(self._measures, updates)

    async def of(self, brand_ids: Sequence[str]) -> dict[str, Document]:
        """Channel id → its latest measure."""
        rows = await self._measures.find({"brand_id": {"$in": list(brand_ids)}})
        return {row["_id"]: row for row in rows}


def _update(fact: ChannelMeasured) -> UpdateOne:
    values = fact.model_dump(exclude={"brand_id", "channel_id", "epoch"})
    number = (fact.epoch, int(fact.measured_at.timestamp() * 1000))
    stages = [fold.newer("measure_no", number, values), {"$set": {"updated_at": "$$NOW"}}]
    return UpdateOne({"_id": fact.channel_id, "brand_id": fact.brand_id}, stages, upsert=True)
