"""A stage for the bus's stories: a topic of its own, messages of many brands, consumers that come and go."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from shared.bus.admin import open_admin
from shared.bus.consumer import Consumer, Lane, Tuning
from shared.bus.envelope import EncodedMessage, Outgoing, encode
from shared.bus.handler import Handler
from shared.bus.lag import group_lags
from shared.bus.producer import Producer
from shared.bus.topics import create_topics
from shared.events.ingest.payload_received import PayloadReceived
from shared.events.topics import Topic
from shared.mongo.database import Database

PATIENCE = 40.0
QUICK = (0.2, 0.2, 0.2, 0.2)


def payload(number: int, brand: str = "br-a", thread: str | None = None, body: str = "{}") -> PayloadReceived:
    """Message `number`; without a thread it is a conversation of its own."""
    changes: dict[str, Any] = {
        "brand_id": brand,
        "external_id": thread or f"t{number}",
        "part": number,
        "body": body,
    }
    return PayloadReceived.example().model_copy(update=changes)


async def until(true: Callable[[], object], patience: float = PATIENCE) -> None:
    """Waits until `true()` is so; fails when it does not become so."""
    ends = time.monotonic() + patience
    while not true():
        assert time.monotonic() < ends, "it did not happen"
        await asyncio.sleep(0.01)


@dataclass
class Stage:
    """One test's own topic, group and database."""

    kafka: str
    producer: Producer
    database: Database
    topic: Topic = field(default_factory=lambda: Topic(f"testing.{uuid4().hex[:12]}.v1", retention_days=1))
    group: str = field(default_factory=lambda: f"testing-{uuid4().hex[:12]}")

    async def open(self, partitions: int = 3) -> None:
        """Makes the topic."""
        await create_topics(self.kafka, [self.topic], partitions)

    async def close(self) -> None:
        """Removes it again."""
        async with open_admin(self.kafka) as admin:
            await admin.delete_topics([self.topic.name])

    def encoded(self, event: PayloadReceived) -> EncodedMessage:
        """The event as a message for this stage's topic."""
        message = encode(Outgoing.first(event, now=datetime.now(UTC)), "/testing")
        return message._replace(topic=self.topic.name)

    async def send(self, *events: PayloadReceived) -> None:
        """Acknowledged by Kafka when it returns."""
        await self.producer.send_raw([self.encoded(event) for event in events])

    def consumer(self, *handlers: Handler, instance: str = "0", lanes: Sequence[Lane] = (), **tuning: Any) -> Consumer:
        """A consumer that is not running yet; quick to retry unless told otherwise."""
        manners = Tuning(**({"delays": QUICK, "tend_every": 0.1} | tuning))
        return Consumer(
            self.kafka,
            self.group,
            instance,
            lanes or [Lane(self.topic)],
            handlers,
            self.producer,
            self.database,
            manners,
        )

    @asynccontextmanager
    async def running(self, *handlers: Handler, **options: Any) -> AsyncIterator[Consumer]:
        """A consumer that runs inside, and is stopped well."""
        consumer = self.consumer(*handlers, **options)
        task = asyncio.create_task(consumer.run())
        try:
            yield consumer
        finally:
            await consumer.stop(deadline=6)
            await task

    async def behind(self) -> int:
        """How many messages the group has not finished, as Kafka knows it."""
        return sum(lag.behind for lag in await group_lags(self.kafka, [self.group]))

    async def caught_up(self) -> None:
        """Waits until that is none."""
        ends = time.monotonic() + PATIENCE
        while await self.behind():
            assert time.monotonic() < ends, "it did not catch up"
            await asyncio.sleep(0.05)

    async def parked(self, state: str) -> list[dict[str, Any]]:
        """The rows set aside that are in this state."""
        return await self.database.system("parked").find({"state": state}, sort=("offset",))
