"""Deliveries: exactly one document for each endpoint and event, changed by compare-and-set on its fence."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.bell import Bell
from shared.events.ids import derive
from shared.mongo.database import Database
from shared.mongo.indexes import Index
from shared.mongo.operations import UpdateOne
from shared.mongo.transactions import Transaction

Delivery = dict[str, Any]
KEPT_SECONDS = 30 * 24 * 3600
KEPT_ATTEMPTS = 20
INDEXES = (
    Index(("state", "next_at")),
    Index(("endpoint_id", "state")),
    Index(("brand_id", "endpoint_id", "-created_at")),
    Index(("claim",), partial={"claim": {"$gt": ""}}, name="claims"),
    Index("created_at", ttl_seconds=KEPT_SECONDS),
)


class Deliveries:
    """The `deliveries` collection; `state` is waiting, held (its endpoint is paused or shut), delivered, failed or
    cancelled. What is claimed is so for `lease` seconds. Kept 30 days. `added`: some may be new."""

    def __init__(self, database: Database, lease: float = 60.0) -> None:
        self.added = Bell()
        self._lease = lease
        self._rows = database.brand("deliveries", *INDEXES)
        self._all = database.system("deliveries")  # system: the loop that sends serves all brands

    async def add(self, deliveries: Sequence[Delivery]) -> None:
        """Those that are not there yet; a redelivered event finds its own."""
        await self._rows.bulk(
            [
                UpdateOne({"_id": one["_id"], "brand_id": one["brand_id"]}, [{"$set": _if_new(one)}], upsert=True)
                for one in deliveries
            ]
        )
        if deliveries:
            self.added.ring()

    async def due_in(self) -> float | None:
        """Seconds until the next of them may leave, by the database's clock; None where none waits."""
        left = {"milliseconds": {"$subtract": ["$next_at", "$$NOW"]}}
        found = await self._all.find({"state": "waiting"}, sort="next_at", limit=1, projection=left)
        return found[0]["milliseconds"] / 1000 if found else None

    async def due(self, limit: int, not_brands: Sequence[str], not_endpoints: Sequence[str]) -> list[Delivery]:
        """What may leave now by the database's clock, the oldest first; nothing of what has no room now."""
        return await self._all.find(
            {
                "state": "waiting",
                "brand_id": {"$nin": list(not_brands)},
                "endpoint_id": {"$nin": list(not_endpoints)},
                "$expr": {"$lte": ["$next_at", "$$NOW"]},
            },
            sort="next_at",
            limit=limit,
            projection={"brand_id": 1, "endpoint_id": 1, "fence": 1},
        )

    async def take_back(self, instance: str) -> None:
        """What an earlier process of this name held when it ended is due now, not when its lease runs out."""
        free = {"next_at": "$$NOW", "claimant": "", "claim": "", "fence": {"$add": ["$fence", 1]}}
        await self._all.update_many({"state": "waiting", "claimant": instance}, [{"$set": free}])

    async def claim(self, deliveries: Sequence[Delivery], token: str, instance: str) -> list[Delivery]:
        """Take these for the time of the lease; those that another replica took are left out."""
        taken = {
            "claim": token,
            "claimant": {"$literal": instance},
            "fence": {"$add": ["$fence", 1]},
            "next_at": in_seconds(self._lease),
        }
        operations = [
            UpdateOne({"_id": one["_id"], "state": "waiting", "fence": one["fence"]}, [{"$set": taken}])
            for one in deliveries
        ]
        await self._all.bulk(operations)
        return await self._all.find({"claim": token, "state": "waiting"})

    async def conclude(
        self, delivery: Delivery, attempt: Mapping[str, Any], state: str, after: float | None, *, tx: Transaction
    ) -> Delivery | None:
        """Note an attempt: `state` after it, and in how many seconds the next is due. None: another came."""
        changes = {
            "state": state,
            "claim": "",
            "claimant": "",
            "attempts": {"$add": ["$attempts", 1]},
            "made": {"$add": ["$made", 1]},
            "log": {"$slice": [{"$concatArrays": ["$log", [{"$literal": dict(attempt)}]]}, -KEPT_ATTEMPTS]},
            "next_at": in_seconds(after or 0.0),
            "updated_at": "$$NOW",
        }
        return await self._all.find_and_update(
            {"_id": delivery["_id"], "state": "waiting", "fence": delivery["fence"]}, [{"$set": changes}], tx=tx
        )

    async def later(self, delivery: Delivery, until: datetime) -> None:
        """Its endpoint asked to wait: this and what waits behind it."""
        await self._all.update_many(
            {"endpoint_id": delivery["endpoint_id"], "state": "waiting", "claim": "", "next_at": {"$lt": until}},
            {"$set": {"next_at": until}},
        )
        await self._all.update(
            {"_id": delivery["_id"], "fence": delivery["fence"]},
            {"$set": {"next_at": until, "claim": "", "claimant": ""}},
        )

    async def set_aside(self, delivery: Delivery, state: str) -> None:
        """Its endpoint takes nothing now: this and what waits behind it, save what others are sending."""
        free = {"endpoint_id": delivery["endpoint_id"], "claim": ""}
        await self._move(
            {"state": "waiting", "$or": [free, {"_id": delivery["_id"], "fence": delivery["fence"]}]}, state
        )

    async def let_go(self, endpoint_id: str, state: str) -> None:
        """What is held for this endpoint: waiting, and due at once, or cancelled."""
        await self._move({"endpoint_id": endpoint_id, "state": "held"}, state)

    async def _move(self, where: Mapping[str, Any], state: str) -> None:
        changes = {"state": state, "next_at": "$$NOW", "claim": "", "claimant": "", "fence": {"$add": ["$fence", 1]}}
        await self._all.update_many(where, [{"$set": changes}])

    async def endpoints_holding(self) -> list[str]:
        """The endpoints of which something is held."""
        found: list[str] = await self._all.distinct("endpoint_id", {"state": "held"})
        return found

    async def latest(self, brand_id: str, endpoint_id: str, state: str, limit: int) -> list[Delivery]:
        """The newest of an endpoint, of one state where named."""
        where = {"brand_id": brand_id, "endpoint_id": endpoint_id, **({"state": state} if state else {})}
        return await self._rows.find(where, sort="-created_at", limit=limit)

    async def again(self, where: Mapping[str, Any], *, tx: Transaction) -> int:
        """Replay: due at once, with all attempts before it; the same id. How many. What waits is left as it is."""
        changes = {"state": "waiting", "next_at": "$$NOW", "made": 0, "fence": {"$add": ["$fence", 1]}}
        done = await self._rows.update_many({**where, "state": where.get("state", ENDED)}, [{"$set": changes}], tx=tx)
        return done.modified


ENDED = {"$in": ["delivered", "failed"]}


def delivery_of(endpoint: Mapping[str, Any], event_id: str, event_type: str, body: str, trace: str | None) -> Delivery:
    """A delivery that has not been tried; its id follows from the endpoint and the event."""
    return {
        "_id": derive("webhook", endpoint["_id"], event_id),
        "brand_id": endpoint["brand_id"],
        "endpoint_id": endpoint["_id"],
        "event_id": event_id,
        "event_type": event_type,
        "body": body,
        "trace": trace or "",
    }


def _if_new(delivery: Delivery) -> dict[str, Any]:
    """A pipeline, because only that may write the database's own time; each field is written once."""
    fresh = {"state": "waiting", "attempts": 0, "made": 0, "fence": 0, "claim": "", "claimant": "", "log": []}
    stored = {
        name: {"$literal": value} for name, value in (delivery | fresh).items() if name not in ("_id", "brand_id")
    }
    now: dict[str, Any] = {"created_at": "$$NOW", "updated_at": "$$NOW", "next_at": "$$NOW"}
    return {name: {"$ifNull": [f"${name}", value]} for name, value in (stored | now).items()}


def in_seconds(seconds: float) -> dict[str, Any]:
    """So long from now by the database's clock."""
    return {"$add": ["$$NOW", round(seconds * 1000)]}
