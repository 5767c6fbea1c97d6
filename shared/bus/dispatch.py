"""Hands batches to the pipeline, several at a time, and marks what they settled."""

import asyncio
from collections.abc import Mapping, Sequence

import structlog

from shared.bus.brake import Braked
from shared.bus.careful import CarefulRestart, Room
from shared.bus.effect import set_aside
from shared.bus.engines import FAULT, Engines
from shared.bus.envelope import Received
from shared.bus.handler import Handler, Outputs
from shared.bus.message import Message
from shared.bus.offsets import Offsets
from shared.bus.pipeline import pipeline
from shared.bus.progress import Superseded
from shared.bus.turns import Turns
from shared.bus.work import Surroundings, Work
from shared.errors import Reject, Unavailable
from shared.events.event import Event
from shared.metrics import BUS_INFLIGHT

log = structlog.get_logger(__name__)


class Dispatch:
    """At most `at_once` batches are in work. Nothing starts while `open` is false, an engine is away, or braked."""

    def __init__(
        self,
        around: Surroundings,
        handlers: Mapping[str, Handler],
        turns: Turns,
        offsets: Offsets,
        careful: CarefulRestart,
        room: Room,
        at_once: int,
    ) -> None:
        self.open = False
        self.superseded = False
        self.in_flight = 0
        self.engines = Engines(around.database, around.producer, self.pump)
        self.counted = any(handler.counted for handler in handlers.values())
        self._around = around
        self._run = pipeline(around)
        self._handlers = {"": _unreadable(counted=self.counted)} | dict(handlers)
        self._turns = turns
        self._offsets = offsets
        self._careful = careful
        self._room = room
        self._at_once = at_once
        self._tasks: set[asyncio.Task[None]] = set()

    def pump(self) -> None:
        """Starts as many batches as may start now."""
        while self.open and not self.engines.away and len(self._tasks) < self._at_once:
            batch = self._turns.take(self._around.brake.pulled)
            if not batch:
                return
            self._count(len(batch))
            task = asyncio.create_task(self._work(batch))
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    async def idle(self, seconds: float) -> bool:
        """Waits until nothing is in work, but not for longer than `seconds`; whether that is so."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        return not self._tasks

    async def close(self) -> None:
        """Gives up what is still in work, as a crash would: somebody will be given it again."""
        self.open = False
        for task in self._tasks:
            task.cancel()
        await self.idle(1.0)
        await self.engines.close()

    async def _work(self, batch: Sequence[Message]) -> None:
        try:
            if batch[0].few:
                await self._carefully(batch)
            else:
                async with self._room.entered(alone=False):
                    await self._handle(batch)
            self.engines.well()
        except Unavailable as unavailable:
            self.engines.lost(unavailable.what)
        except Braked:
            log.warning("braked", topic=batch[0].topic, group=self._around.group)
        except Superseded as superseded:
            log.warning("superseded", reason=str(superseded))
            self.superseded, self.open = True, False
        except Exception as error:  # the pipeline itself failed: the message keeps its place, and liveness tells
            log.exception("the pipeline failed", topic=batch[0].topic)
            self.engines.lost(f"{FAULT}: {type(error).__name__}")
        finally:
            self._close(batch)

    async def _handle(self, batch: Sequence[Message]) -> None:
        await self._around.brake.met(batch[0].topic, [message.brand for message in batch])
        left = [message for message in batch if not message.settled]
        await self._run(Work(self._handlers[batch[0].type], left))

    async def _carefully(self, batch: Sequence[Message]) -> None:
        if self._careful.crashed_too_often(batch[0]):
            reject = Reject("the process ended three times while it was handled")
            await set_aside(self._around, batch[0], reject, counted=self.counted)
            return
        async with self._room.entered(alone=batch[0].few == 1), self._careful.attempt(batch):
            await self._handle(batch)

    def _close(self, batch: Sequence[Message]) -> None:
        """Marks what is settled; what is not goes back to the front, unless the partition has moved on."""
        self._count(-len(batch))
        for message in batch:
            if message.settled:
                self._offsets.finish(message)
            message.settled = message.settled or message.epoch != self._offsets.epoch
        self._turns.end(batch)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self.pump()

    def _count(self, change: int) -> None:
        self.in_flight += change
        BUS_INFLIGHT.labels(self._around.group).inc(change)


def _unreadable(*, counted: bool) -> Handler:
    """Stands where a message does not even say what it is: decoding will refuse it."""

    async def call(batch: Sequence[Received[Event]], *rest: object) -> Outputs:
        raise Reject("it does not say what it is")

    return Handler("unreadable", Event, counted, call)
