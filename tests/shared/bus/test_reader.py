"""The directory's way: everybody reads a compacted topic to its end, and goes on following it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from shared.bus.admin import open_admin
from shared.bus.envelope import EncodedMessage, Outgoing, Received, encode
from shared.bus.lag import topic_sizes
from shared.bus.producer import Producer
from shared.bus.reader import GrouplessReader
from shared.bus.topics import create_topics
from shared.events.console.brand_changed import BrandChanged
from shared.events.topics import Topic
from tests.shared.bus.stage import until


def brand(number: int, seq: int, topic: Topic) -> EncodedMessage:
    """A brand's state."""
    changed = BrandChanged.example().model_copy(update={"brand_id": f"br-{number}", "seq": seq})
    return encode(Outgoing.first(changed, now=datetime.now(UTC)), "/console")._replace(topic=topic.name)


@asynccontextmanager
async def reading(kafka: str, topic: Topic, known: dict[str, int | None]) -> AsyncIterator[GrouplessReader]:
    """A reader that keeps the number of each brand."""

    def apply(key: str, received: Received[Any] | None) -> None:
        known[key] = received.event.seq if received else None

    reader = GrouplessReader(kafka, topic, apply)
    running = asyncio.create_task(reader.run())
    try:
        yield reader
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_all_of_it_is_known_before_the_reader_says_so(producer: Producer) -> None:
    """Thousand brands, some erased, some changed, one message nobody can read: known at the end, then followed."""
    topic = Topic(f"testing.{uuid4().hex[:12]}.v1", compacted=True)
    kafka = producer.bootstrap
    assert await create_topics(kafka, [topic], 3) == [topic.name]
    assert await create_topics(kafka, [topic], 3) == []
    known: dict[str, int | None] = {}
    await producer.send_raw([brand(number, 1, topic) for number in range(1000)])
    await producer.send_raw([brand(1, 2, topic), brand(2, 1, topic)._replace(value=None, headers=[])])
    await producer.send_raw([brand(3, 9, topic)._replace(value=b"{}")])
    async with reading(kafka, topic, known) as reader:
        async with asyncio.timeout(30):
            await reader.caught_up()
        assert len(known) == 1000
        assert (known["br-1:brand"], known["br-2:brand"], known["br-3:brand"]) == (2, None, 1)
        await producer.send_raw([brand(5000, 1, topic)])
        await until(lambda: "br-5000:brand" in known)
    assert await topic_sizes(kafka, [topic.name, "testing.nowhere.v1"]) == {
        topic.name: (3, 1004),
        "testing.nowhere.v1": None,
    }
    async with open_admin(kafka) as admin:
        await admin.delete_topics([topic.name])


async def test_an_empty_topic_is_known_at_once(producer: Producer) -> None:
    """A fresh deployment has nothing in its directory, and is ready all the same."""
    topic = Topic(f"testing.{uuid4().hex[:12]}.v1", compacted=True)
    await create_topics(producer.bootstrap, [topic], 2)
    async with reading(producer.bootstrap, topic, {}) as reader:
        async with asyncio.timeout(30):
            await reader.caught_up()
        assert reader.is_caught_up
    async with open_admin(producer.bootstrap) as admin:
        await admin.delete_topics([topic.name])
