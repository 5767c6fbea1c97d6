"""One membership from joining to leaving: fetch, take in, commit, measure; and stand still while partitions move."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence

import structlog
from aiokafka.errors import KafkaError

from shared.bus.careful import CarefulRestart
from shared.bus.dispatch import Dispatch
from shared.bus.handler import Handler
from shared.bus.lingering import Lingering
from shared.bus.membership import Membership
from shared.bus.message import Message
from shared.bus.offsets import Offsets
from shared.bus.turns import Turns
from shared.bus.work import Surroundings
from shared.errors import Unavailable
from shared.metrics import BUS_CONSUMED, BUS_LAG, BUS_LAST_PROGRESS, BUS_REBALANCES

COMMIT_EVERY, MEASURE_EVERY, IDLE = 0.3, 5.0, 0.05
REVOKE_SECONDS = 25.0  # in a rebalance the others wait for us, though not for ever

log = structlog.get_logger(__name__)


class Session:
    """What one membership does. `assigned` once partitions came, `placed` once it is known where to read on, `begun`
    when that was so for the first time."""

    def __init__(
        self,
        around: Surroundings,
        handlers: Mapping[str, Handler],
        offsets: Offsets,
        turns: Turns,
        dispatch: Dispatch,
        careful: CarefulRestart,
        lingering: Lingering,
    ) -> None:
        self.assigned = self.placed = self.begun = False
        self.unassigned_since = time.monotonic()
        self.drain = REVOKE_SECONDS
        self._around = around
        self._handlers = handlers
        self._offsets = offsets
        self._turns = turns
        self._dispatch = dispatch
        self._careful = careful
        self._lingering = lingering
        self._told: set[str] = set()

    async def run(self, bootstrap: str, instance: str, topics: Sequence[str], stopping: asyncio.Event) -> None:
        """Until `stopping`, or a `KafkaError`; then what is in work ends (for `drain` seconds) and is committed."""
        member = Membership(bootstrap, self._around.group, instance, self._offsets, self._halt, self._resume)
        tasks: list[asyncio.Task[None]] = []
        try:
            await member.start(topics)
            loops = (self._fetch, self._commit, self._measure)
            tasks = [asyncio.create_task(_forever(each, member)) for each in loops]
            stop = asyncio.create_task(stopping.wait())
            ended, _ = await asyncio.wait([*tasks, stop], return_when=asyncio.FIRST_COMPLETED)
            stop.cancel()
            for task in ended & set(tasks):
                task.result()
        except asyncio.CancelledError:
            self.drain = 0.0
            raise
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._halt(self.drain)
            await member.commit()
            self._offsets.assign(set())
            await member.stop()

    async def _fetch(self, member: Membership) -> None:
        if self._dispatch.superseded or not self.placed:
            await self._place(member)
        wanted = [
            place
            for place in self._offsets.places
            if place[0] not in self._around.brake.pulled and not self._turns.full(place[0])
        ]
        for message, known in self._lingering.ended():
            if known:
                self._pass(message, "passed_over")
            else:
                self._let_in(message)
        if not (wanted and self.placed and self._dispatch.open and not self._dispatch.engines.away):
            await asyncio.sleep(IDLE)
            return
        epoch, records = self._offsets.epoch, await member.fetch(wanted)
        if self._dispatch.counted and epoch != self._offsets.epoch:  # they moved: `_place` looks up where to read on
            return
        for record in records:
            self._take_in(Message.of(record))
        self._dispatch.pump()
        await asyncio.sleep(0)  # buffered records come without a wait: let others have the loop

    async def _place(self, member: Membership) -> None:
        """Before the first fetch of an assignment: whom to suspect there, and for counters where to read on."""
        if self._dispatch.superseded:
            await self._dispatch.idle(REVOKE_SECONDS)
            self._clear()
            self._offsets.assign(set(self._offsets.places))
            self._dispatch.superseded = False
        epoch, places = self._offsets.epoch, self._offsets.places
        if not self.assigned:
            return
        try:
            await self._careful.assigned(places)
            if self._dispatch.counted and places:
                begins, ends = await member.bounds(places)
                reached = await self._around.progress.place(await member.cluster(), begins, ends)
                if epoch == self._offsets.epoch:
                    member.seek(reached)
        except Unavailable as unavailable:
            self._dispatch.engines.lost(unavailable.what)
            return
        self.placed = self._dispatch.open = self.assigned and epoch == self._offsets.epoch
        self.begun = self.begun or self.placed

    def _take_in(self, message: Message) -> None:
        self._offsets.begin(message)
        handler = self._handlers.get(message.type)
        if message.is_tombstone or (message.type and handler is None):
            self._pass(message, "skipped")
        elif (handler and not handler.concerns(message)) or self._lingering.knows(message):
            self._pass(message, "passed_over")
        elif not self._lingering.takes(message):
            self._let_in(message)

    def _let_in(self, message: Message) -> None:
        message.few = self._careful.few(message)
        message.order = self._order(message)
        self._turns.add(message)

    def _pass(self, message: Message, outcome: str) -> None:
        self._offsets.finish(message)
        BUS_CONSUMED.labels(message.topic, self._around.group, outcome).inc()

    def _order(self, message: Message) -> Hashable:
        """What must not overtake: the key; where few go together, or messages are counted, the partition."""
        whole = bool(message.few) or self._dispatch.counted
        if whole or (self._careful.careful and self._turns.holds(message.topic, message.partition)):
            return message.partition
        return message.key or (message.partition, message.offset)

    async def _commit(self, member: Membership) -> None:
        await asyncio.sleep(COMMIT_EVERY)
        if self.assigned and await member.commit():  # in a rebalance only the revoked partitions' owner may
            BUS_LAST_PROGRESS.labels(self._around.group).set_to_current_time()

    async def _measure(self, member: Membership) -> None:
        try:
            await member.measure()
        except (KafkaError, TimeoutError):
            self._dispatch.engines.lost("kafka")
        self._tell_lag()
        await asyncio.sleep(MEASURE_EVERY)

    def _tell_lag(self) -> None:
        """Of each topic, and 0 of one whose partitions have all gone to others."""
        lag = Counter(dict.fromkeys(self._told, 0))
        for (topic, _), behind in self._offsets.lag().items():
            lag[topic] += behind
        for topic, behind in lag.items():
            BUS_LAG.labels(topic, self._around.group).set(behind)
        self._told = set(lag)

    async def _halt(self, seconds: float = REVOKE_SECONDS) -> None:
        """Nothing new starts; what is in work ends, for as long as others can wait."""
        if self.assigned:
            self.unassigned_since = time.monotonic()
        self._dispatch.open = self.placed = self.assigned = False
        await self._dispatch.idle(seconds)
        self._clear()

    def _clear(self) -> None:
        self._turns.clear()
        self._lingering.clear()

    def _resume(self) -> None:
        """An assignment has come; `_place` opens the way."""
        self.assigned = True
        BUS_REBALANCES.labels(self._around.group).inc()


async def _forever(step: Callable[[Membership], Awaitable[None]], member: Membership) -> None:
    while True:
        await step(member)
