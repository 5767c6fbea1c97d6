"""After an unclean end: messages go one by one, and one that ends the process again and again is found out."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from shared.bus.message import Message
from shared.bus.offsets import Place
from shared.errors import Unavailable
from shared.mongo.database import Database

WINDOW = 500  # messages of each partition that go one by one, as far as the last run can have met them
BEAT_MS = 2_000.0  # what came later than this after the last sign of life can have ended no process
CRASHES = 3  # attempts that ended the process; the end that began the watch is nobody's
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
    """Knows from its `runs` row whether the last run of this instance ended well.

    While careful, the offset of each attempt is written to the partition's `attempts` row before it begins. A
    message met with one attempt that never ended goes alone from then on; three have ended the process three times.
    One alone is not proof: who kills a process that is just back always finds some message at work. What came in
    after the last run's end is not suspected: so a busy service soon keeps up again.
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
        self._suspects: dict[Place, tuple[int, int]] = {}
        self.careful = False

    async def begin(self) -> None:
        """The run begins: until `end` is reached, it counts as ended uncleanly."""
        now = time.time() * 1000
        before = await self._runs.find_and_update(
            {"_id": self._run}, {"$set": {"clean": False, "alive_ms": now}}, upsert=True, before=True
        )
        self.careful = before is not None and not before["clean"]
        self._met_until = (before or {}).get("alive_ms", now) + BEAT_MS

    async def beat(self) -> None:
        """A sign of life, so that the next run knows until when this one can have met messages."""
        await self._beats.update({"_id": self._run}, {"$set": {"alive_ms": time.time() * 1000}})

    async def end(self) -> None:
        """The run ends well."""
        await self._runs.update({"_id": self._run}, {"$set": {"clean": True}})

    async def assigned(self, places: list[Place]) -> None:
        """Looks up what was being attempted in these partitions when a process ended."""
        if not self.careful:
            return
        rows = await self._attempts.find({"_id": {"$in": [self._id(place) for place in places]}})
        known = {row["_id"]: (int(row["offset"]), int(row["tries"])) for row in rows}
        self._suspects = {place: known[self._id(place)] for place in places if self._id(place) in known}
        for place in places:
            self._left.setdefault(place, self._window)

    def takes(self, message: Message) -> bool:
        """Whether this message, just fetched, has to go one by one."""
        left = self._left.get(message.place, 0)
        self._left[message.place] = left - 1
        return left > 0 and (message.timestamp_ms <= self._met_until or self.suspected(message) > 0)

    def suspected(self, message: Message) -> int:
        """How many attempts at this message never ended."""
        offset, tries = self._suspects.get(message.place, (-1, 0))
        return tries if offset == message.offset else 0

    def crashed_too_often(self, message: Message) -> bool:
        """Whether the process ended `CRASHES` times because of it."""
        return self.suspected(message) >= CRASHES

    @asynccontextmanager
    async def attempt(self, message: Message) -> AsyncIterator[None]:
        """Written before the message is handled. When the process outlives it, it is cleared where the message is
        settled; else (an engine was away) what was known against it stays."""
        await self._write(message, self.suspected(message) + 1)
        waiting = asyncio.create_task(self._take_back(message))
        try:
            yield
        finally:
            waiting.cancel()
            await self._write(message, 0 if message.settled else self.suspected(message))

    async def _take_back(self, message: Message) -> None:
        """While the handler waits, and the loop is free to notice, nothing more is held against the message."""
        while True:
            await asyncio.sleep(ENGINE_MS / 1000)
            with suppress(Unavailable):
                return await self._write(message, self.suspected(message))

    async def _write(self, message: Message, tries: int) -> None:
        row = {"offset": message.offset, "tries": tries}
        await self._attempts.update({"_id": self._id(message.place)}, {"$set": row}, upsert=True)

    def _id(self, place: Place) -> str:
        return f"{self._group}:{place[0]}:{place[1]}"
