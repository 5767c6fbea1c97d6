"""After an unclean end: few messages go together, and one that ends the process again and again is found out."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, suppress

from shared.bus.message import Message
from shared.bus.offsets import Place
from shared.errors import Unavailable
from shared.mongo.database import Database

WINDOW = 500  # messages of each partition that go carefully, as far as the last run can have met them
FEW = (25, 5, 1)  # how many of them together at most: at first, when one try with a message ended the process, and two
BEAT_MS = 2_000.0  # what came later than this after the last sign of life can have ended no process
CRASHES = len(FEW)  # attempts that ended the process; the end that began the watch is nobody's
ENGINE_MS = (
    1_000.0  # a handler that waits for longer waits for an engine: what ends the process then is not the message
)


class Room:
    """Many work together, or one alone. Shared by a process's consumers, so that a crash has one suspect."""

    def __init__(self) -> None:
        self._changed = asyncio.Condition()
        self._together = 0
        self._alone = False

    @asynccontextmanager
    async def entered(self, *, alone: bool) -> AsyncIterator[None]:
        """Waits until the others are out, or the one alone is; who wants to be alone stops newcomers."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self._alone)
            self._alone = alone
            try:
                await self._changed.wait_for(lambda: not (alone and self._together))
            except BaseException:
                self._alone = False
                self._changed.notify_all()
                raise
            self._together += 1
        try:
            yield
        finally:
            async with self._changed:
                self._together -= 1
                self._alone = self._alone and not alone
                self._changed.notify_all()


class CarefulRestart:
    """Knows from its `runs` row whether the last run of this instance ended well, and from `attempts` whether that of
    another did whose partitions have come here: a message that ends processes must not have each replica's once more.

    While careful, the offsets of each batch are written to the partition's `attempts` row before it begins. What was
    in an attempt that never ended goes in smaller company next time, at last alone in its process; whatever was in
    three has ended the process three times. Fewer are not proof: who kills a process that is just back always finds
    some message at work. What came in after the last run's end is not suspected: so a busy service soon keeps up
    again.
    """

    def __init__(self, database: Database, group: str, instance: str, window: int = WINDOW) -> None:
        self._runs = database.system("runs")
        self._beats = database.system("runs", journaled=False)
        self._attempts = database.system("attempts", journaled=False)  # written twice a message; it is about us alone
        self._group = group
        self._run = f"{group}:{instance}"
        self._window = window
        self._met_until = 0.0
        self._left: dict[Place, int] = {}
        self._suspects: dict[Place, tuple[Collection[int], int]] = {}
        self.careful = False

    async def begin(self) -> None:
        """The run begins: until `end` is reached, it counts as ended uncleanly."""
        now = time.time() * 1000
        before = await self._runs.find_and_update(
            {"_id": self._run}, {"$set": {"clean": False, "alive_ms": now}}, upsert=True, before=True
        )
        self.careful = before is not None and not before["clean"]
        self._met_until = (before or {}).get("alive_ms", now) + BEAT_MS

    async def beat(self, behind: int) -> None:
        """A sign of life, so that the next run knows until when this one can have met messages, and how many wait."""
        await self._beats.update({"_id": self._run}, {"$set": {"alive_ms": time.time() * 1000, "behind": behind}})

    async def end(self) -> None:
        """The run ends well."""
        await self._runs.update({"_id": self._run}, {"$set": {"clean": True}})

    async def assigned(self, places: list[Place]) -> None:
        """Looks up what was being attempted in these partitions when a process ended: this one's last, or another."""
        rows = await self._attempts.find({"_id": {"$in": [self._id(place) for place in places]}, "tries": {"$gt": 0}})
        known = {row["_id"]: (frozenset(row["offsets"]), int(row["tries"])) for row in rows}
        self._suspects = {place: known[self._id(place)] for place in places if self._id(place) in known}
        self.careful = self.careful or bool(self._suspects)
        for place in places if self.careful else ():
            self._left.setdefault(place, self._window)

    def few(self, message: Message) -> int:
        """How many go together at most with this message, just fetched; 0 where it needs no care."""
        left, tries = self._left.get(message.place, 0), self.suspected(message)
        self._left[message.place] = left - 1
        if left <= 0 or not (tries or message.timestamp_ms <= self._met_until):
            return 0
        return FEW[min(tries, len(FEW) - 1)]

    def suspected(self, message: Message) -> int:
        """How many attempts with this message never ended."""
        offsets, tries = self._suspects.get(message.place, ((), 0))
        return tries if message.offset in offsets else 0

    def crashed_too_often(self, message: Message) -> bool:
        """Whether the process ended `CRASHES` times because of it."""
        return self.suspected(message) >= CRASHES

    @asynccontextmanager
    async def attempt(self, batch: Sequence[Message]) -> AsyncIterator[None]:
        """Written before a batch of one partition is handled. When the process outlives it, it is cleared where all
        is settled; else (an engine was away) what was known against them stays."""
        known = self.suspected(batch[0])
        await self._write(batch, known + 1)
        waiting = asyncio.create_task(self._take_back(batch, known))
        try:
            yield
        finally:
            waiting.cancel()
            await self._write(batch, 0 if all(message.settled for message in batch) else known)

    async def _take_back(self, batch: Sequence[Message], known: int) -> None:
        """While the handler waits, and the loop is free to notice, nothing more is held against its messages."""
        while True:
            await asyncio.sleep(ENGINE_MS / 1000)
            with suppress(Unavailable):
                return await self._write(batch, known)

    async def _write(self, batch: Sequence[Message], tries: int) -> None:
        row = {"offsets": [message.offset for message in batch], "tries": tries}
        await self._attempts.update({"_id": self._id(batch[0].place)}, {"$set": row}, upsert=True)

    def _id(self, place: Place) -> str:
        return f"{self._group}:{place[0]}:{place[1]}"
