"""Leases: one process at a time does a job, by the server's clock. The fence, not the lease, gives safety."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from shared.errors import Duplicate, LeaseLost, ParvisError
from shared.mongo.collections import SystemCollection
from shared.mongo.transactions import Transaction

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Lease:
    """One name, wanted by one holder. `fence` is the number under which it was acquired; it only rises.

    A holder with a `member`'s name takes over at once what a dead process of that name held.
    """

    def __init__(self, leases: SystemCollection, name: str, member: str = "") -> None:
        self.name = name
        self.fence: int | None = None
        self._leases = leases
        self._holder = member or uuid4().hex

    async def acquire(self, seconds: float = 30) -> int | None:
        """Take the lease if it is free, run out, or ours. Its new fence, or None while another holds it."""
        try:
            row = await self._leases.find_and_update({"_id": self.name}, self._taking(seconds), upsert=True)
        except Duplicate:
            return None
        if row is None or row["holder"] != self._holder:
            return None
        self.fence = int(row["fence"])
        return self.fence

    async def renew(self, seconds: float = 30) -> bool:
        """Prolong the lease under the same fence. False when another has taken it since."""
        done = await self._leases.update(self._mine(), [{"$set": {"until": _in(seconds)}}])
        return done.matched == 1

    async def release(self) -> None:
        """Give the lease back at once, if it is ours."""
        if self.fence is None:
            return
        await self._leases.update(self._mine(), {"$set": {"until": LONG_AGO, "holder": None}})
        self.fence = None

    async def guard(self, tx: Transaction) -> None:
        """Make a transaction succeed only under our fence. Raises `LeaseLost`."""
        touched = await self._leases.update(self._mine(), {"$inc": {"guarded": 1}}, tx=tx)
        if touched.matched == 0:
            raise LeaseLost(f"{self.name} is held by another")

    @asynccontextmanager
    async def kept(self, seconds: float = 30) -> AsyncIterator[None]:
        """Renew the acquired lease each third of `seconds` while the work inside goes on, then release it."""
        renewing = asyncio.create_task(self._renew_on(seconds))
        try:
            yield
        finally:
            renewing.cancel()
            with suppress(asyncio.CancelledError):
                await renewing
            with suppress(ParvisError):
                await self.release()

    async def _renew_on(self, seconds: float) -> None:
        held = True
        while held:
            await asyncio.sleep(seconds / 3)
            with suppress(ParvisError):
                held = await self.renew(seconds)

    def _mine(self) -> dict[str, Any]:
        return {"_id": self.name, "holder": self._holder, "fence": self.fence}

    def _taking(self, seconds: float) -> list[dict[str, Any]]:
        """A pipeline, because an upsert's filter cannot look at the server's clock."""
        run_out = {"$lte": [{"$ifNull": ["$until", LONG_AGO]}, "$$NOW"]}
        next_fence = {"$add": [{"$ifNull": ["$fence", 0]}, 1]}
        return [
            {"$set": {"free": {"$or": [run_out, {"$eq": ["$holder", self._holder]}]}}},
            {
                "$set": {
                    "fence": {"$cond": ["$free", next_fence, "$fence"]},
                    "holder": {"$cond": ["$free", self._holder, "$holder"]},
                    "until": {"$cond": ["$free", _in(seconds), "$until"]},
                }
            },
            {"$unset": "free"},
        ]


def _in(seconds: float) -> dict[str, Any]:
    return {"$add": ["$$NOW", int(seconds * 1000)]}
