"""Reads topics as a member of a group, and has each message handled at least once."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiokafka.errors import IllegalStateError, KafkaError

from shared.bus.brake import IN_A_ROW, Brake
from shared.bus.careful import WINDOW, CarefulRestart, Room
from shared.bus.dispatch import Dispatch
from shared.bus.handler import Handler
from shared.bus.health import Health, judge
from shared.bus.lingering import Lingering
from shared.bus.offsets import Offsets
from shared.bus.parking import DELAYS, Parking
from shared.bus.producer import Producer
from shared.bus.progress import Progress
from shared.bus.retrying import Retrying
from shared.bus.session import Session
from shared.bus.turns import Lane, Turns
from shared.bus.work import Surroundings
from shared.errors import ParvisError
from shared.mongo.database import Database
from shared.mongo.deadline import deadline

__all__ = ["Consumer", "Lane", "Room", "Tuning"]

AGAIN_AFTER, PERSIST_SECONDS = 2.0, 2.0
BEAT_EVERY = 1.0  # seconds; `careful` counts on less than two
COUNT_EVERY = 5.0  # seconds between two looks for what others have set aside
CLOSING = 3.0  # seconds of a stop's deadline that are kept for the last commit and for closing

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Tuning:
    """What has a default. `version` releases a brake that an earlier version pulled; a process's consumers share one
    `room`; `at_once` batches are in work together; `careful_window` messages of a partition go carefully."""

    version: str = ""
    room: Room = field(default_factory=Room)
    at_once: int = 4
    in_a_row: int = IN_A_ROW
    delays: tuple[float, ...] = DELAYS
    careful_window: int = WINDOW
    tend_every: float = 2.0


class Consumer:
    """A member of `group` under the name of `instance`. Either all of its handlers count, or none does."""

    def __init__(
        self,
        bootstrap: str,
        group: str,
        instance: str,
        lanes: Sequence[Lane],
        handlers: Sequence[Handler],
        producer: Producer,
        database: Database,
        tuning: Tuning | None = None,
    ) -> None:
        tuning = tuning or Tuning()
        table = {handler.event_class.type_name(): handler for handler in handlers}
        if len(table) != len(handlers) or len({handler.counted for handler in handlers}) != 1:
            raise ValueError(f"{group}: one handler a class, and either all count or none")
        self.group, self.instance = group, instance
        self._bootstrap = bootstrap
        self._topics = [lane.topic.name for lane in lanes]
        self._offsets, self._turns = Offsets(), Turns(lanes)
        self._brake = Brake(database, group, tuning.version, tuning.in_a_row)
        self._parking = Parking(database, group, tuning.delays)
        self._careful = CarefulRestart(database, group, instance, tuning.careful_window)
        around = Surroundings(group, database, producer, self._parking, self._brake, Progress(database, group))
        self._dispatch = Dispatch(around, table, self._turns, self._offsets, self._careful, tuning.room, tuning.at_once)
        lingering = Lingering(lane.lingers for lane in lanes if lane.lingers)
        self._session = Session(around, table, self._offsets, self._turns, self._dispatch, self._careful, lingering)
        self._retrying = Retrying(around, table)
        self._tend_every = tuning.tend_every
        self._counts, self._counted_at = {"parked": 0, "dead": 0}, -math.inf
        self._stopping, self._stopped = asyncio.Event(), asyncio.Event()
        self._started_at: float | None = None

    async def run(self) -> None:
        """Consumes until `stop`. Engines may be away at the start, and go and come back."""
        self._started_at = time.monotonic()
        if not await self._stubbornly(self._begin):
            self._stopped.set()
            return
        regular = (self._tend, self._tend_every), (self._beat, min(BEAT_EVERY, self._tend_every))
        beside = [asyncio.create_task(self._regularly(*one)) for one in regular]
        try:
            while not self._stopping.is_set():
                try:
                    await self._session.run(self._bootstrap, self.instance, self._topics, self._stopping)
                except (KafkaError, IllegalStateError, TimeoutError) as error:
                    log.warning("membership lost, joining again", group=self.group, error=repr(error))
                    self._dispatch.engines.lost("kafka")
                    await self._sleep(AGAIN_AFTER)
            await asyncio.wait(beside, timeout=self._session.drain)
            if not self._dispatch.in_flight:
                await self._stubbornly(self._careful.end)
        finally:
            for task in beside:
                task.cancel()
            await self._dispatch.close()
            self._stopped.set()

    async def stop(self, deadline: float = 25) -> None:
        """Finishes what is in work and commits it, within `deadline` seconds; what waits is left to the next run."""
        self._session.drain = max(0.0, deadline - CLOSING)
        self._retrying.stopped = True
        self._stopping.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), deadline)

    @property
    def health(self) -> Health:
        """Alive, ready, and why not."""
        if self._started_at is None:
            return Health(alive=True, ready=False, reason="not started")
        now, engines = time.monotonic(), self._dispatch.engines
        waiting_since = max(self._session.unassigned_since, engines.back_at, self._started_at)
        return judge(
            unassigned=None if self._session.placed else now - waiting_since,
            away=engines.away,
            braked=self._brake.pulled,
            lag=sum(self._offsets.lag().values()),
            stalled=now - max(self._offsets.moved_at, engines.back_at),
        )

    @property
    def alive(self) -> bool:
        """False: this process should be replaced."""
        return self.health.alive

    @property
    def ready(self) -> bool:
        """It has partitions (or knows that there are none for it), and nothing holds it up."""
        return self.health.ready

    @property
    def stopped_with_all(self) -> bool:
        """Whether every other replica stands still too: for a brake, or for Kafka, which was there when this began."""
        return bool(self._brake.pulled) or (self._session.begun and self._dispatch.engines.away == "kafka")

    @property
    def reason(self) -> str:
        """Why it is not ready or not alive; else empty."""
        return self.health.reason

    def stats(self) -> dict[str, Any]:
        """For the operations page: assignment, lag and waiting messages by topic, parked and dead, the brake."""
        health, lag = self.health, self._offsets.lag()
        by_topic = {
            topic: {
                "partitions": sorted(place[1] for place in lag if place[0] == topic),
                "lag": sum(behind for place, behind in lag.items() if place[0] == topic),
                "waiting": self._turns.waiting(topic),
                "braked": topic in self._brake.pulled,
            }
            for topic in self._topics
        }
        return {
            "group": self.group,
            "instance": self.instance,
            "alive": health.alive,
            "ready": health.ready,
            "reason": health.reason,
            "topics": by_topic,
            "in_flight": self._dispatch.in_flight,
            "seconds_since_progress": round(time.monotonic() - self._offsets.moved_at, 1),
            **self._counts,
        }

    async def _begin(self) -> None:
        await self._parking.rows.make_indexes()
        await self._careful.begin()
        await self._brake.refresh()

    async def _tend(self) -> None:
        """The brake's row, parked messages that are due, and how many there are."""
        await self._brake.refresh()
        self._dispatch.pump()
        now = time.monotonic()
        if not (self._counts["parked"] or self._parking.has_new) and now - self._counted_at < COUNT_EVERY:
            return
        self._counted_at = now
        self._counts = await self._parking.counts()
        if self._counts["parked"] and await self._retrying.run_due():
            self._counts = await self._parking.counts()

    async def _beat(self) -> None:
        """A sign of life, for the next run and for the other replicas."""
        await self._careful.beat(sum(self._offsets.lag().values()))

    async def _regularly(self, work: Callable[[], Awaitable[None]], every: float) -> None:
        """Beside the stream, until the consumer stops."""
        while not self._stopping.is_set():
            try:
                await work()
            except ParvisError as error:
                log.warning("not done beside the stream", group=self.group, work=work.__name__, error=repr(error))
            await self._sleep(every)

    async def _stubbornly(self, write: Callable[[], Awaitable[None]]) -> bool:
        """`write` once the database answers; at the end of a stop it has one try. Whether it is written."""
        while True:
            try:
                with deadline(PERSIST_SECONDS):
                    await write()
                return True
            except ParvisError as error:
                log.warning("the database does not answer yet", group=self.group, error=repr(error))
                self._dispatch.engines.lost("mongo")
                if self._stopping.is_set():
                    return False
                await self._sleep(AGAIN_AFTER)

    async def _sleep(self, seconds: float) -> None:
        """Until `seconds` have passed or the consumer stops."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
