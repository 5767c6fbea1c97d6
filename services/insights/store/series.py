"""Reads what hours amount to, over the channels of a brand and without backfill."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.insights.domain.baseline import HourHeard, Hours
from shared.mongo.database import Database

LIVE = {"$subtract": [{"$ifNull": ["$words.said", 0]}, {"$ifNull": ["$words.backfilled", 0]}]}
SUMS: Mapping[str, Any] = {"said": {"$sum": LIVE}, "negative": {"$sum": {"$ifNull": ["$words.live_negative", 0]}}}


class Series:
    """The `series` collection, which `Stated` writes."""

    def __init__(self, database: Database) -> None:
        self._rows = database.brand("series")
        self._all = database.system("series")  # system: the loop that watches does so for all brands

    async def angry(self, since: datetime, fewest: int) -> list[str]:
        """The brands that heard so many negative interactions since the hour of `since`."""
        found = await self._all.aggregate(
            [
                {"$match": {"hour": {"$gte": since}}},
                {"$group": {"_id": "$brand_id", **SUMS}},
                {"$match": {"negative": {"$gte": fewest}}},
            ]
        )
        return [row["_id"] for row in found]

    async def hours(self, brand_id: str, since: datetime) -> Hours:
        """A brand's hours since then."""
        wanted = {"brand_id": brand_id, "hour": {"$gte": since}}
        found = await self._rows.aggregate([{"$match": wanted}, {"$group": {"_id": "$hour", **SUMS}}])
        return {row["_id"]: HourHeard(row["said"], row["negative"]) for row in found}

    async def sums(self, brands: Sequence[str], since: datetime) -> dict[str, HourHeard]:
        """What each brand heard since then, in all."""
        wanted = {"brand_id": {"$in": list(brands)}, "hour": {"$gte": since}}
        found = await self._rows.aggregate([{"$match": wanted}, {"$group": {"_id": "$brand_id", **SUMS}}])
        return {row["_id"]: HourHeard(row["said"], row["negative"]) for row in found}

    async def began(self, brand_id: str) -> datetime | None:
        """The first hour in which the brand heard something that was not backfill."""
        live = {"brand_id": brand_id, "$expr": {"$gt": [LIVE, 0]}}
        found = await self._rows.find(live, sort="hour", limit=1, projection=["hour"])
        return found[0]["hour"] if found else None
