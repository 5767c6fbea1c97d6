"""What a consumer knows of Kafka and MongoDB: while one is away it pauses, and nothing counts against a message."""

import asyncio
import time
from collections.abc import Callable

import structlog

from shared.bus.producer import Producer
from shared.errors import Unavailable
from shared.mongo.database import Database

FAULT = "fault"  # how `away` begins where the engines answer and the pipeline itself failed
SHORTEST, LONGEST = 0.2, 5.0  # seconds of pause, doubling while the trouble lasts

log = structlog.get_logger(__name__)


class Engines:
    """Pauses from `lost` until both engines answer a probe; `on_back` then sets the work going again."""

    def __init__(self, database: Database, producer: Producer, on_back: Callable[[], None]) -> None:
        self.away = ""
        self.back_at = time.monotonic()
        self._database = database
        self._producer = producer
        self._on_back = on_back
        self._pause = SHORTEST
        self._waiting: asyncio.Task[None] | None = None

    def lost(self, what: str) -> None:
        """`what` did not answer, or cannot work; pause."""
        if not self.away:
            log.warning("paused", away=what, seconds=self._pause)
            self.away = what
            self._waiting = asyncio.create_task(self._until_back())

    def well(self) -> None:
        """Work went well: the next pause is a short one again."""
        self._pause = SHORTEST

    async def answer(self) -> None:
        """Raises `Unavailable` where one of them does not answer."""
        await asyncio.gather(self._database.probe(), self._producer.probe())

    async def close(self) -> None:
        """No more waiting."""
        if self._waiting is not None:
            self._waiting.cancel()
            await asyncio.wait([self._waiting])

    async def _until_back(self) -> None:
        while True:
            await asyncio.sleep(self._pause)
            self._pause = min(LONGEST, self._pause * 2)
            try:
                await self.answer()
            except Unavailable as still:
                self.away = still.what
            else:
                break
        log.info("going on", after=self.away)
        if not self.away.startswith(FAULT):
            self.back_at = time.monotonic()
        self.away = ""
        self._on_back()
