"""Publishes outbox rows: right after the commit that wrote them, and in sweeps what a crash left behind."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import structlog

from shared.bus.producer import Producer
from shared.errors import ParvisError
from shared.metrics import OUTBOX_OLDEST_SECONDS, OUTBOX_PENDING
from shared.mongo.database import Database
from shared.mongo.outbox import OutboxRow

SWEEP_EVERY = 2.0  # seconds
SETTLED_AFTER = 2.0  # a younger row is about to be published by the process that wrote it
LEASE_SECONDS = 6.0  # how long leftovers wait for the next sweeper where this one dies
AT_ONCE = 500
QUEUE = 5_000  # beyond this the sweep takes them: rows in the database need no memory here

log = structlog.get_logger(__name__)


class Relay:
    """One per process. A row leaves at least once, and is removed when Kafka has acknowledged it."""

    def __init__(self, database: Database, producer: Producer) -> None:
        self._database = database
        self._outbox = database.outbox
        self._producer = producer
        self._lease = database.lease("outbox")
        self._fresh: list[OutboxRow] = []
        self._committed = asyncio.Event()
        self._held = asyncio.Event()
        self._stopping = False
        self._outbox.on_commit(self._take)

    async def run(self) -> None:
        """Publishes and sweeps until it is cancelled, or `stop`."""
        sweeping = asyncio.create_task(self._sweep())
        try:
            while not self._stopping:
                await self._committed.wait()
                await self._publish_fresh()
        finally:
            sweeping.cancel()
            await asyncio.wait([sweeping])
            with suppress(ParvisError):
                await self._lease.release()

    async def stop(self) -> None:
        """Ends `run` after what was committed here has left."""
        self._stopping = True
        self._committed.set()

    async def sweep(self) -> int | None:
        """Publishes what is due and was left behind; how many rows. None: another process does."""
        if await self._lease.acquire(LEASE_SECONDS) is None:
            return None
        swept = 0
        while rows := await self._outbox.due(AT_ONCE, older_than=SETTLED_AFTER):
            await self._publish(rows)
            swept += len(rows)
            if len(rows) < AT_ONCE:
                break
        waiting = await self._outbox.pending()
        self._tell(waiting.count, waiting.oldest_seconds)
        return swept

    def _take(self, rows: Sequence[OutboxRow]) -> None:
        """Called at each commit of this process."""
        free = [row for row in rows if row.not_before is None]
        self._fresh.extend(free[: max(0, QUEUE - len(self._fresh))])
        if self._fresh:
            self._committed.set()
        if len(free) < len(rows):
            self._held.set()

    async def _publish_fresh(self) -> None:
        self._committed.clear()
        while self._fresh:
            rows, self._fresh = self._fresh[:AT_ONCE], self._fresh[AT_ONCE:]
            try:
                await self._publish(rows)
            except ParvisError as error:
                log.warning("left to the sweep", rows=len(rows), error=repr(error))

    async def _publish(self, rows: Sequence[OutboxRow]) -> None:
        await self._producer.send_raw([row.message for row in rows])
        await self._outbox.remove([row.id for row in rows])

    async def _sweep(self) -> None:
        while True:
            pause = SWEEP_EVERY
            self._held.clear()
            try:
                if await self._outbox.is_empty():
                    self._tell(0, 0.0)
                elif await self.sweep() is not None:  # where another sweeps, to look again at once is in vain
                    pause = min(pause, await self._until_next())
            except ParvisError as error:
                log.warning("the outbox waits", error=repr(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._held.wait(), pause)

    async def _until_next(self) -> float:
        """Seconds until the soonest held row may leave."""
        soonest: datetime | None = await self._outbox.next_due()
        if soonest is None:
            return SWEEP_EVERY
        return max(0.0, (soonest - await self._database.now()).total_seconds())

    def _tell(self, waiting: int, age: float) -> None:
        OUTBOX_PENDING.labels(self._database.name).set(waiting)
        OUTBOX_OLDEST_SECONDS.labels(self._database.name).set(age)
