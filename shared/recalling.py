"""What a restored store has forgotten: the newest facts that it had stated itself, read from Kafka before it goes on.

A restore puts a store back to an earlier moment. What it had heard since its consumers read again; what people's
commands and its own loops had decided since stands nowhere but on its own topic.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from shared.bus.envelope import Received
from shared.bus.reader import GrouplessReader
from shared.directory import Directory
from shared.epochs import Epochs
from shared.events.event import BrandEvent, Event
from shared.events.topics import Topic

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Recall:
    """`families`: base classes of facts that are numbered together by (epoch, seq). `remember` is given the newest of
    each family and key, and the store's epoch; it keeps what the store does not know, however often it is called."""

    topic: Topic
    families: Sequence[type[Event]]
    epochs: Epochs
    remember: Callable[[Sequence[Any], int], Awaitable[None]]

    async def is_due(self) -> bool:
        """Whether a restore came since the last time. Raises `Unavailable`."""
        epoch = await self.epochs.current()
        return epoch.recalled < epoch.value

    async def once(self, bootstrap: str, directory: Directory) -> None:
        """Nothing where it is not due, and nothing of brands that are no more. Waits while Kafka is away. Raises
        `Unavailable`."""
        if not await self.is_due():
            return
        epoch = self.epochs.value
        newest = [fact for fact in await self._newest(bootstrap) if _of_somebody(fact, directory)]
        log.info("recalling", topic=self.topic.name, epoch=epoch, facts=len(newest))
        await self.remember(newest, epoch)
        await self.epochs.recalled(epoch)

    async def _newest(self, bootstrap: str) -> list[Any]:
        newest: dict[tuple[type[Event], str], Any] = {}

        def keep(key: str, received: Received[Any] | None) -> None:
            fact = received.event if received else None
            for family in self.families:
                if received is None:  # erased: what came before is nobody's any more
                    newest.pop((family, key), None)
                elif isinstance(fact, family):
                    newest[family, key] = max(newest.get((family, key), fact), fact, key=_number)

        reader = GrouplessReader(bootstrap, self.topic, keep)
        reading = asyncio.create_task(reader.run())
        try:
            await reader.caught_up()
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        return list(newest.values())


def _of_somebody(fact: Event, directory: Directory) -> bool:
    return not isinstance(fact, BrandEvent) or directory.brand(fact.brand_id) is not None


def _number(fact: Any) -> tuple[int, int]:
    return fact.epoch, fact.seq
