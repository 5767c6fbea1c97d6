"""Endpoints: where each brand's other systems are told. Secrets are stored sealed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.errors import Conflict, NotFound
from shared.mongo.database import Database
from shared.mongo.indexes import Index
from shared.mongo.transactions import Transaction

Endpoint = dict[str, Any]
TAKING = ("active", "paused")  # states in which what happens is kept for the endpoint


class Endpoints:
    """The `endpoints` collection; `state` is active, paused, disabled or deleted."""

    def __init__(self, database: Database) -> None:
        self._rows = database.brand("endpoints", Index(("brand_id", "created_at")))
        self._all = database.system("endpoints")  # system: the loop that sends serves all brands

    async def of(self, brand_id: str, *, tx: Transaction | None = None) -> list[Endpoint]:
        """Those of a brand that are not deleted, the oldest first."""
        return await self._rows.find(
            {"brand_id": brand_id, "state": {"$ne": "deleted"}}, sort=("created_at", "_id"), tx=tx
        )

    async def taking(self, brand_ids: Sequence[str]) -> list[Endpoint]:
        """Those for which facts of these brands are kept."""
        return await self._rows.find({"brand_id": {"$in": list(brand_ids)}, "state": {"$in": list(TAKING)}})

    async def get(self, brand_id: str, endpoint_id: str, *, tx: Transaction | None = None) -> Endpoint:
        """One of this brand; `NotFound` where there is none, or no more."""
        found = await self._rows.get({"_id": endpoint_id, "brand_id": brand_id}, tx=tx)
        if found is None or found["state"] == "deleted":
            raise NotFound(f"no endpoint {endpoint_id} of this brand")
        return found

    async def add(self, endpoint: Endpoint, *, tx: Transaction) -> None:
        """A new one."""
        await self._rows.insert(endpoint, tx=tx)

    async def change(self, endpoint: Endpoint, changes: Mapping[str, Any], *, tx: Transaction) -> Endpoint:
        """Raise `seq` and set `changes`, where nobody did meanwhile; else `Conflict`."""
        changed = await self._rows.find_and_update(
            {"_id": endpoint["_id"], "brand_id": endpoint["brand_id"], "seq": endpoint["seq"]},
            {"$set": dict(changes), "$inc": {"seq": 1}},
            tx=tx,
        )
        if changed is None:
            raise Conflict()
        return changed

    async def known(self, endpoint_ids: Sequence[str]) -> dict[str, Endpoint]:
        """By id, of whatever brand; deleted ones too."""
        return {row["_id"]: row for row in await self._all.find({"_id": {"$in": list(endpoint_ids)}})}

    async def note_agency(self, endpoint: Endpoint, agency_id: str) -> None:
        """Whose the brand is, of one that was registered before that was kept."""
        await self._all.update({"_id": endpoint["_id"], "seq": endpoint["seq"]}, {"$set": {"agency_id": agency_id}})

    async def well(self, endpoint: Endpoint, *, tx: Transaction) -> None:
        """It took a message: what was held against it is forgotten (written only where something was)."""
        if endpoint["failing_since"] is not None or endpoint["slow_until"] is not None:
            await self._all.update(
                {"_id": endpoint["_id"]}, {"$set": {"failing_since": None, "slow_until": None}}, tx=tx
            )

    async def failing(self, endpoint: Endpoint, since: datetime, slow: float, *, tx: Transaction) -> Endpoint | None:
        """It did not: since when nothing else happened, and for how many seconds nothing is sent at all."""
        changes: dict[str, Any] = {"failing_since": {"$ifNull": ["$failing_since", since]}}
        if slow:
            changes["slow_until"] = {"$max": ["$slow_until", {"$add": ["$$NOW", round(slow * 1000)]}]}
        if not slow and endpoint["failing_since"] is not None:
            return endpoint
        return await self._all.find_and_update({"_id": endpoint["_id"]}, [{"$set": changes}], tx=tx)

    async def disable(self, endpoint: Endpoint, why: str, *, tx: Transaction) -> Endpoint | None:
        """Nothing is sent there any more until a person says so; None where a person has changed it meanwhile."""
        return await self._all.find_and_update(
            {"_id": endpoint["_id"], "state": "active", "seq": endpoint["seq"]},
            {"$set": {"state": "disabled", "why": why, "person": ""}, "$inc": {"seq": 1}},
            tx=tx,
        )
