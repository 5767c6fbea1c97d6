"""Reads a whole compacted topic without a group: every replica knows everything in it, and follows it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.bus.address import connection
from shared.bus.envelope import Received, check_owner
from shared.bus.message import Message
from shared.errors import Reject
from shared.events.catalogue import by_type
from shared.events.event import Event
from shared.events.topics import Topic

AGAIN_AFTER = 1.0
WAIT_MS = 500

Apply = Callable[[str, Received[Event] | None], None]

log = structlog.get_logger(__name__)


class GrouplessReader:
    """Calls `apply(key, received)` for each message in order, with None where the key was erased.

    After an interruption it begins again at the beginning: `apply` keeps the higher number, as with any event.
    """

    def __init__(self, bootstrap: str, topic: Topic, apply: Apply) -> None:
        self._bootstrap = bootstrap
        self._topic = topic.name
        self._apply = apply
        self._caught_up = asyncio.Event()

    async def run(self) -> None:
        """Reads until it is cancelled; waits while Kafka or the topic is away."""
        while True:
            with suppress(TimeoutError):
                try:
                    await self._follow()
                except KafkaError as error:
                    log.warning("reading again from the beginning", topic=self._topic, error=repr(error))
            await asyncio.sleep(AGAIN_AFTER)

    async def caught_up(self) -> None:
        """Waits until the topic was read to the end that it had when reading began."""
        await self._caught_up.wait()

    @property
    def is_caught_up(self) -> bool:
        """Whether that is so."""
        return self._caught_up.is_set()

    async def _follow(self) -> None:
        client = AIOKafkaConsumer(
            self._topic,  # without a group this assigns every partition
            **connection(self._bootstrap),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_bytes=4_000_000,
            request_timeout_ms=20_000,
        )
        try:
            await client.start()
            ends = await client.end_offsets(client.assignment())
            missing = await self._not_reached(client, ends)
            while True:
                if not missing:
                    self._caught_up.set()
                for records in (await client.getmany(timeout_ms=WAIT_MS, max_records=500)).values():
                    for record in records:
                        self._take(Message.of(record))
                missing = await self._not_reached(client, missing)
                await asyncio.sleep(0)
        finally:
            await client.stop()

    @staticmethod
    async def _not_reached(client: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> dict[TopicPartition, int]:
        return {place: end for place, end in ends.items() if await client.position(place) < end}

    def _take(self, message: Message) -> None:
        key = (message.key or b"").decode(errors="replace")
        if message.value is None:
            self._apply(key, None)
            return
        event_class = by_type().get(message.type)
        if event_class is None:
            return
        try:
            event, cause = event_class.read(message.value), message.cause()
            check_owner(event, cause, message.key)
        except (Reject, ValueError):
            log.exception("a message that nobody can read", topic=self._topic, offset=message.offset)
            return
        self._apply(key, Received(event, cause))
