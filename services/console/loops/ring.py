"""Rings the doorbells of open pages: from the database's change stream, with a poll behind it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from services.console.bells import RINGS, Bells
from shared.mongo.database import Database

OVERLAP = timedelta(seconds=5)
POLLED = ("interactions", "posts")


class Ringer:
    """`following()` hears changes as they happen; `poll` finds what a broken stream did not ring for."""

    def __init__(self, database: Database, bells: Bells) -> None:
        self._database = database
        self._bells = bells
        self._polled = [database.system(name) for name in POLLED]
        self._since: datetime | None = None

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """While open, every change rings."""
        task = asyncio.create_task(self._follow())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def poll(self) -> None:
        """Ring for the brands whose read models changed since the last poll; nothing where nobody listens."""
        if not self._bells.heard:
            self._since = None
            return
        now = await self._database.now()
        since = self._since or now - OVERLAP
        for collection in self._polled:
            for brand_id in await collection.distinct("brand_id", {"updated_at": {"$gt": since}}):
                self._bells.ring(collection.name, brand_id)
        self._since = now

    async def _follow(self) -> None:
        async for bell in self._database.changes(*RINGS):
            self._bells.ring(bell.collection, bell.brand_id)
