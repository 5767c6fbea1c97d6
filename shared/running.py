"""What goes on beside the web while a service lives: its consumers, its loops, the relay of its outbox."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from fastapi import Request

from shared.bus.consumer import Consumer
from shared.errors import DeadlinePassed, Unavailable
from shared.loops import Loop
from shared.problems import busy
from shared.recalling import Recall

if TYPE_CHECKING:
    from shared.service import Floor

AGAIN_SECONDS = 1.0
PATIENCE = 5.0  # seconds that a change waits for what was forgotten; after a start without a restore it is no time
T = TypeVar("T")
log = structlog.get_logger(__name__)


class Running:
    """Starts everything once the directory is read, and brings it to an end within the time to drain.

    `remembers`: set unless a restored store does not know yet what it had stated, or whether it was restored at all.
    """

    def __init__(
        self, floor: "Floor", consumers: Sequence[Consumer], loops: Sequence[Loop], recalls: Sequence[Recall] = ()
    ) -> None:
        self.consumers = consumers
        self.loops = loops
        self.draining = False
        self.remembers = asyncio.Event()
        self.remembers.set()
        self._floor, self._recalls = floor, recalls
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._drained: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def life(self) -> AsyncIterator[None]:
        """From start to drained. The web is served at once; what needs engines waits for them in the background."""
        if self._recalls:
            self.remembers.clear()
        self._start("start", self._begin())
        try:
            yield
        finally:
            await self.leave()
            await self._floor.relay.stop()
            await self._end(list(self._tasks.values()), 5.0)

    def leave(self) -> "asyncio.Task[None]":
        """Stop taking in and finish what is in hand; the same task however often it is called."""
        if self._drained is None:
            self.draining = True
            self._floor.stopping.set()
            self._drained = asyncio.create_task(self._drain(self._floor.settings.drain_seconds))
        return self._drained

    def why_not_alive(self) -> list[str]:
        """Reasons of this process's own to be replaced. An engine that is away, or a brake, is none."""
        if self.draining:
            return []
        ended = [f"{name} has ended" for name, task in self._tasks.items() if task.done() and name != "start"]
        failed = ["start has failed"] if _failed(self._tasks.get("start")) else []
        stuck = [loop.stuck for loop in self.loops if loop.stuck]
        return failed + ended + stuck + [f"{c.group}: {c.reason}" for c in self.consumers if not c.alive]

    async def after_recall(self, request: Request) -> None:
        """Nothing is changed before what was forgotten is known again: it would be overwritten, or overwrite."""
        if request.method in ("GET", "HEAD"):
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await self.remembers.wait()
        except TimeoutError:
            raise busy(PATIENCE, "it is not known yet what was stated before a restore, if there was one") from None

    async def _begin(self) -> None:
        self._start("relay", self._floor.relay.run())
        due = [recall for recall in self._recalls if await _patiently(recall.is_due)]
        if not due:
            self.remembers.set()
        await _patiently(self._floor.database.ensure_indexes)
        await self._floor.directory.caught_up()
        for recall in due:
            await _patiently(partial(recall.once, self._floor.settings.kafka, self._floor.directory))
        self.remembers.set()
        for number, consumer in enumerate(self.consumers):
            self._start(f"consumer {consumer.group} {number}", consumer.run())
        for loop in self.loops:
            self._start(f"loop {loop.name}", loop.run(self._floor.database))
        log.info("started", consumers=len(self.consumers), loops=len(self.loops))

    async def _drain(self, seconds: float) -> None:
        began = time.monotonic()
        await self._end([self._tasks["start"]], 0.0)
        for loop in self.loops:
            loop.stop()
        await asyncio.gather(*(c.stop(seconds) for c in self._begun()), return_exceptions=True)
        working = [task for name, task in self._tasks.items() if name != "relay" and not task.done()]
        await self._end(working, seconds - (time.monotonic() - began))
        log.info("drained", seconds=round(time.monotonic() - began, 2))

    def _begun(self) -> list[Consumer]:
        """Those whose `run` was started: only these can stop."""
        return [c for number, c in enumerate(self.consumers) if f"consumer {c.group} {number}" in self._tasks]

    def _start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        task.add_done_callback(lambda ended: _tell(name, ended))
        self._tasks[name] = task

    async def _end(self, tasks: list[asyncio.Task[None]], seconds: float) -> None:
        """Wait for them; what has not ended in time is cancelled."""
        left = [task for task in tasks if not task.done()]
        if left and seconds > 0:
            _, left_over = await asyncio.wait(left, timeout=seconds)
            if left_over:
                log.warning("cut_short", parts=sorted(name for name, task in self._tasks.items() if task in left_over))
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


def _failed(task: "asyncio.Task[None] | None") -> bool:
    return task is not None and task.done() and not task.cancelled() and task.exception() is not None


def _tell(name: str, task: "asyncio.Task[None]") -> None:
    if _failed(task):
        log.error("ended_badly", part=name, exc_info=task.exception())


async def _patiently(work: Callable[[], Awaitable[T]]) -> T:
    while True:
        try:
            return await work()
        except (Unavailable, DeadlinePassed) as away:
            log.warning("start_waits", reason=str(away))
            await asyncio.sleep(AGAIN_SECONDS)
