"""What a hold met, a brand: what waits behind the gate, what was in flight, what had left."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.mongo.database import Database

WAITING = ("scheduled", "claimed")
IN_FLIGHT = ("sending", "unknown")
BEFORE = timedelta(hours=1)
LISTED = 20


class Held:
    """Reads over `deliveries` for the brands of one command."""

    def __init__(self, database: Database) -> None:
        self._deliveries = database.brand("deliveries")

    async def waiting(self, brand_ids: Sequence[str]) -> dict[str, dict[str, int]]:
        """For each brand how many replies and posts are planned and have not left."""
        wanted = {"brand_id": {"$in": list(brand_ids)}, "state": {"$in": list(WAITING)}}
        key = {"brand_id": "$brand_id", "kind": "$kind"}
        rows = await self._deliveries.aggregate([{"$match": wanted}, {"$group": {"_id": key, "count": {"$sum": 1}}}])
        counted: dict[str, dict[str, int]] = {one: {"reply": 0, "post": 0} for one in brand_ids}
        for row in rows:
            counted[row["_id"]["brand_id"]][row["_id"]["kind"]] = row["count"]
        return {one: {"replies": of["reply"], "posts": of["post"]} for one, of in counted.items()}

    async def in_flight(self, brand_ids: Sequence[str]) -> list[dict[str, Any]]:
        """What was being sent, or may have left: the newest of each."""
        wanted = {"brand_id": {"$in": list(brand_ids)}, "state": {"$in": list(IN_FLIGHT)}}
        return await self._listed(wanted)

    async def left(self, since: Mapping[str, datetime]) -> list[dict[str, Any]]:
        """What had left in the hour before each brand was held, and what left since all the same."""
        if not since:
            return []
        begin = min(since.values()) - BEFORE
        wanted = {"brand_id": {"$in": list(since)}, "state": "confirmed"}
        return await self._listed({**wanted, "due_at": {"$gte": begin - BEFORE}, "updated_at": {"$gte": begin}})

    async def _listed(self, wanted: dict[str, Any]) -> list[dict[str, Any]]:
        return await self._deliveries.find(wanted, sort=("-updated_at",), limit=LISTED * len(wanted["brand_id"]["$in"]))
