"""Rings the doorbells of open pages: from the database's change stream, with a poll behind it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import datetime, timedelta

from services.console.bells import RINGS, Bells
from shared.mongo.database import Database

OVERLAP = timedelta(seconds=5)
POLLED = ("interactions", "posts", "holds")
LINGER = 60.0  # seconds: who goes from page to page needs no new stream for each


class Ringer:
    """`following()` hears changes as they happen; `poll` finds what a broken stream did not ring for.

    A stream costs the database a third of the write that it tells of: without an open page there is none, `linger`
    seconds after the last was closed. Each begins with "read once now".
    """

    def __init__(self, database: Database, bells: Bells, linger: float = LINGER) -> None:
        self._database = database
        self._bells = bells
        self._linger = linger
        self._polled = [database.system(name) for name in POLLED]
        self._since: datetime | None = None

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """While open, every change rings for whoever listens."""
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
        while True:
            await self._bells.somebody()
            async with aclosing(self._database.changes(*RINGS)) as changes:
                async for bell in changes:
                    self._bells.ring(bell.collection, bell.brand_id)
                    if self._bells.alone(self._linger):
                        break
