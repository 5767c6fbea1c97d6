"""Doorbells for open pages: that something of a brand changed, never what; the page fetches the rest itself."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

RINGS = {
    "interactions": ("inbox", "cases", "shell"),
    "posts": ("posts", "shell"),
    "channels": ("channels",),
    "channelMeasures": ("channels",),
    "campaigns": ("campaigns",),
    "campaignHours": ("campaigns",),
    "series": ("insights",),
    "people": ("insights", "people"),
    "signals": ("inbox", "insights"),
    "holds": ("hold", "shell"),
    "serviceHealth": ("operations", "shell"),
    "alerts": ("shell",),
}
ALL_TOPICS = frozenset(topic for topics in RINGS.values() for topic in topics)
APART = timedelta(seconds=2)  # the clocks of the replica that made a page and of the one that has its stream


class Listener:
    """One open page: the topics that rang since it last asked."""

    def __init__(self, brands: Collection[str]) -> None:
        self.brands = frozenset(brands)
        self._rang: set[str] = set()
        self._awake = asyncio.Event()

    def ring(self, topics: Collection[str]) -> None:
        """Something changed."""
        self._rang.update(topics)
        self._awake.set()

    async def wait(self, seconds: float, stopping: asyncio.Event) -> frozenset[str]:
        """What rang, as soon as anything did; nothing after `seconds`, or when the process stops."""
        await _first(seconds, self._awake, stopping)
        rang, self._rang = frozenset(self._rang), set()
        self._awake.clear()
        return rang

    async def rest(self, seconds: float, stopping: asyncio.Event) -> None:
        """What rings meanwhile is told together."""
        await _first(seconds, stopping)


async def _first(seconds: float, *events: asyncio.Event) -> None:
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


class Bells:
    """All pages that are open in this process, and when each bell rang last: one entry a collection and brand."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._rang_at: dict[tuple[str | None, str | None], datetime] = {}
        self._listeners: set[Listener] = set()
        self._somebody = asyncio.Event()
        self._alone_since = time.monotonic()

    @asynccontextmanager
    async def listen(self, brands: Collection[str], since: datetime | None = None) -> AsyncIterator[Listener]:
        """Hear of changes at these brands: from now on, and of those since a page was made that listens only now."""
        listener = Listener(brands)
        for bell, moment in self._rang_at.items():
            if since is not None and moment + APART >= since:
                _tell(listener, *bell)
        self._listeners.add(listener)
        self._somebody.set()
        try:
            yield listener
        finally:
            self._listeners.discard(listener)
            if not self._listeners:
                self._somebody.clear()
                self._alone_since = time.monotonic()

    @property
    def heard(self) -> bool:
        """Whether anyone listens."""
        return bool(self._listeners)

    async def somebody(self) -> None:
        """Returns once anyone listens."""
        await self._somebody.wait()

    def alone(self, seconds: float) -> bool:
        """Whether nobody has listened for so long."""
        return not self._listeners and time.monotonic() - self._alone_since >= seconds

    def ring(self, collection: str | None, brand_id: str | None) -> None:
        """A change in a collection, of one brand; None is any."""
        self._rang_at[collection, brand_id] = self._clock()
        for listener in self._listeners:
            _tell(listener, collection, brand_id)


def _tell(listener: Listener, collection: str | None, brand_id: str | None) -> None:
    topics = ALL_TOPICS if collection is None else RINGS.get(collection, ())
    if topics and (brand_id is None or brand_id in listener.brands):
        listener.ring(topics)
