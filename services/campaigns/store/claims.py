"""Which replica speaks to an ad network about a campaign: one at a time, so that no older wish arrives late."""

from collections.abc import Sequence
from typing import Any

from services.campaigns.store.campaigns import Campaign
from shared.mongo.database import Database
from shared.mongo.leases import LONG_AGO
from shared.mongo.operations import UpdateOne

BEHIND = {"$lt": ["$driven", "$order"]}
UNDER_WAY = {"$gt": [{"$ifNull": ["$call_until", LONG_AGO]}, "$$NOW"]}


class Claims:
    """Marks in the campaigns' own documents. What is claimed is so for `lease` seconds by the database's clock."""

    def __init__(self, database: Database, lease: float) -> None:
        self.lease = lease
        self._all = database.system("campaigns")  # system: a loop drives all brands' ads
        self._rows = database.brand("campaigns")

    async def due(
        self, limit: int, not_channels: Sequence[str] = (), brand_ids: Sequence[str] | None = None
    ) -> list[Campaign]:
        """Those of these brands, or of all, whose network has not confirmed what is wished and may be asked now."""
        wanted: dict[str, Any] = {"$expr": {"$and": [BEHIND, {"$lte": ["$ask_at", "$$NOW"]}, {"$not": [UNDER_WAY]}]}}
        wanted |= {"channel_id": {"$nin": list(not_channels)}} if not_channels else {}
        if brand_ids is None:
            return await self._all.find(wanted, sort="ask_at", limit=limit)
        return await self._rows.find({"brand_id": {"$in": list(brand_ids)}, **wanted}, sort="ask_at", limit=limit)

    async def claim(self, campaigns: Sequence[Campaign], token: str, instance: str) -> list[Campaign]:
        """Take these; what another replica took, or what is wished otherwise meanwhile, is left out."""
        if not campaigns:
            return []
        until = {"$add": ["$$NOW", round(self.lease * 1000)]}
        taken = {"call": token, "caller": {"$literal": instance}, "call_until": until}
        free = {"$expr": {"$not": [UNDER_WAY]}}
        await self._all.bulk(
            [UpdateOne({"_id": one["_id"], "order": one["order"], **free}, [{"$set": taken}]) for one in campaigns]
        )
        return await self._all.find({"call": token})

    async def stands(self, campaign: Campaign) -> bool:
        """Whether a claimed campaign is still ours, and still wished to be what it was when it was claimed."""
        about = {"_id": campaign["_id"], "brand_id": campaign["brand_id"]}
        ours = {"call": campaign["call"], "order": campaign["order"], "$expr": UNDER_WAY}
        return await self._rows.count({**about, **ours}) == 1

    async def release(self, campaign: Campaign) -> None:
        """The call has ended: whoever looks next may make another."""
        about = {"_id": campaign["_id"], "brand_id": campaign["brand_id"], "call": campaign["call"]}
        await self._rows.update(about, {"$set": {"call_until": LONG_AGO, "call": ""}})

    async def take_back(self, instance: str) -> None:
        """What an earlier process of this name was about to ask when it ended may be asked now."""
        await self._all.update_many({"caller": instance}, {"$set": {"call_until": LONG_AGO, "call": ""}})

    async def in_flight(self, brand_ids: Sequence[str]) -> list[Campaign]:
        """Those of these brands whose ads may still be on: the network has not confirmed that they are off."""
        known = {"$or": [{"$gt": ["$driven", 0]}, UNDER_WAY]}
        wanted = {"serving": False, "state": {"$ne": "draft"}, "$expr": {"$and": [BEHIND, known]}}
        return await self._rows.find({"brand_id": {"$in": list(brand_ids)}, **wanted}, sort="_id")
