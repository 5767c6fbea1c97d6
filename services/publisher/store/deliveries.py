"""Deliveries: one document each, changed only by compare-and-set on its state and fence."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.mongo.database import Database
from shared.mongo.indexes import Index
from shared.mongo.operations import UpdateOne
from shared.mongo.transactions import Transaction

Delivery = dict[str, Any]


class Deliveries:
    """The `deliveries` collection as loops see it: over all brands. What is claimed is so for `lease` seconds."""

    def __init__(self, database: Database, lease: float = 60.0) -> None:
        self.lease = lease
        self._rows = database.system("deliveries", *INDEXES)  # system: loops send for all brands
        self._database = database

    async def due(
        self,
        limit: int,
        not_networks: Sequence[str] = (),
        not_channels: Sequence[str] = (),
        held: Mapping[str, Sequence[str]] | None = None,
    ) -> list[Delivery]:
        """What may leave now by the database's clock, the oldest first; nothing of what has no room now, nor of the
        brands of which this kind is `held`."""
        shut = [{"kind": kind, "brand_id": {"$in": list(brands)}} for kind, brands in (held or {}).items() if brands]
        return await self._rows.find(
            {
                "state": "scheduled",
                **_elsewhere(not_networks, not_channels),
                **_past("due_at"),
                **({"$nor": shut} if shut else {}),
            },
            sort="due_at",
            limit=limit,
        )

    async def due_in(self, not_networks: Sequence[str] = (), not_channels: Sequence[str] = ()) -> float | None:
        """Seconds until the next of them may leave, by the database's clock; None where none is planned elsewhere."""
        left = {"milliseconds": {"$subtract": ["$due_at", "$$NOW"]}}
        planned = {"state": "scheduled", **_elsewhere(not_networks, not_channels)}
        found = await self._rows.find(planned, sort="due_at", limit=1, projection=left)
        return found[0]["milliseconds"] / 1000 if found else None

    async def take_back(self, instance: str) -> None:
        """What an earlier process of this name held when it ended is forsaken now, not when its lease runs out."""
        held = {"state": {"$in": ["claimed", "sending"]}, "claimant": instance}
        await self._rows.update_many(held, [{"$set": {"lease_until": {"$subtract": ["$$NOW", 1]}}}])

    async def claim(self, deliveries: Sequence[Delivery], token: str, instance: str = "") -> list[Delivery]:
        """Take these for the time of the lease; what another replica took, or a person moved meanwhile, is left out."""
        taken = {
            "state": "claimed",
            "claim": token,
            "claimant": {"$literal": instance},
            "fence": {"$add": ["$fence", 1]},
            "lease_until": {"$add": ["$$NOW", round(self.lease * 1000)]},
        }
        if not deliveries:
            return []
        await self._rows.bulk(
            [
                UpdateOne({"_id": one["_id"], "state": "scheduled", "fence": one["fence"]}, [{"$set": taken}])
                for one in deliveries
            ]
        )
        return await self._rows.find({"claim": token, "state": "claimed"})

    async def mark_sending(self, delivery: Delivery, digest: str, timeout: float) -> Delivery | None:
        """Written with majority before any byte leaves; None where the claim was lost meanwhile."""
        return await self._rows.find_and_update(
            {"_id": delivery["_id"], "state": "claimed", "fence": delivery["fence"]},
            [
                {
                    "$set": {
                        "state": "sending",
                        "digest": digest,
                        "attempts": {"$add": ["$attempts", 1]},
                        "sending_at": "$$NOW",
                        "deadline_at": {"$add": ["$$NOW", round(timeout * 1000)]},
                    }
                }
            ],
        )

    async def change(
        self,
        delivery: Delivery,
        changes: Mapping[str, Any],
        *,
        due_in: float | None = None,
        look_in: float | None = None,
        tx: Transaction | None = None,
    ) -> Delivery | None:
        """Change it where its state and fence are still those of `delivery`; None where they are not."""
        stored: dict[str, Any] = {name: {"$literal": value} for name, value in changes.items()}
        stored["updated_at"] = "$$NOW"
        if due_in is not None:
            stored["due_at"] = {"$add": ["$$NOW", round(due_in * 1000)]}
        if look_in is not None:
            stored["look_at"] = {"$add": ["$$NOW", round(look_in * 1000)]}
        return await self._rows.find_and_update(
            {"_id": delivery["_id"], "state": delivery["state"], "fence": delivery["fence"]}, [{"$set": stored}], tx=tx
        )

    async def forsaken(self) -> list[Delivery]:
        """Claimed or sending by a process that is gone: their lease has run out."""
        return await self._rows.find(
            {"state": {"$in": ["claimed", "sending"]}, "$expr": {"$lt": ["$lease_until", "$$NOW"]}}, limit=200
        )

    async def to_look_for(
        self, limit: int, not_networks: Sequence[str] = (), not_channels: Sequence[str] = ()
    ) -> list[Delivery]:
        """Unknown outcomes whose next look is due; nothing of what has no room now."""
        return await self._rows.find(
            {"state": "unknown", **_elsewhere(not_networks, not_channels), **_past("look_at")},
            sort="look_at",
            limit=limit,
        )

    async def claim_looks(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """Take these looks for the time of the lease; those that another replica took are left out."""
        taken = {
            "fence": {"$add": ["$fence", 1]},
            "look_at": {"$add": ["$$NOW", round(self.lease * 1000)]},
        }
        claimed = [
            await self._rows.find_and_update(
                {"_id": one["_id"], "state": "unknown", "fence": one["fence"]}, [{"$set": taken}]
            )
            for one in deliveries
        ]
        return [one for one in claimed if one is not None]

    async def adopted(self, channel_id: str, remote_ids: Sequence[str]) -> set[str]:
        """Which of these ids on the network another delivery has."""
        rows = await self._rows.find(
            {"channel_id": channel_id, "remote_id": {"$in": list(remote_ids)}}, projection={"remote_id": 1}
        )
        return {row["remote_id"] for row in rows}

    async def now(self) -> datetime:
        """The database's clock."""
        return await self._database.now()


def _past(field: str) -> dict[str, Any]:
    return {"$expr": {"$lte": [f"${field}", "$$NOW"]}}


def _elsewhere(networks: Sequence[str], channels: Sequence[str]) -> dict[str, Any]:
    return {"network": {"$nin": list(networks)}, "channel_id": {"$nin": list(channels)}}


INDEXES = (
    Index(("state", "due_at")),
    Index(("state", "look_at"), partial={"state": "unknown"}, name="looks"),
    Index(("state", "lease_until"), name="leases"),
    Index(("claim",), partial={"state": "claimed"}, name="claims"),
    Index(("channel_id", "remote_id"), unique=True, partial={"remote_id": {"$gt": ""}}, name="adopted_once"),
    Index(("brand_id", "post_id")),
)
