"""Ingest on real engines, for a channel of its own; its networks are the story's."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest

from services.ingest.handlers import on_payload_received
from services.ingest.loops.poll_channels import Reader
from services.ingest.loops.read_again import Rereader
from services.ingest.settings import Settings
from services.ingest.store.objects import Objects
from services.ingest.store.polls import Polls
from services.ingest.store.rereads import Rereads
from shared.bus.envelope import Cause, Outgoing, Received, encode
from shared.bus.producer import Producer
from shared.bus.topics import create_topics
from shared.epochs import Epochs
from shared.events.console.brand_changed import BrandChanged
from shared.events.console.channel_changed import ChannelChanged
from shared.events.event import Event
from shared.events.ids import interaction_id
from shared.events.ingest.payload_received import PayloadReceived
from shared.events.topics import Topic
from shared.in_flight import InFlight
from shared.keys import create
from shared.service import Floor, open_floor
from tests.services.ingest.square import NOON, Plain, Square
from tests.stores import indexed

ASIDE = Topic(f"test.ingest-{uuid4().hex[:8]}", retention_days=1)


class Noting(Producer):
    """Sends for real, to a topic that no service reads, and notes what was acknowledged."""

    def __init__(self, bootstrap: str, source: str, deadline: float = 10.0) -> None:
        super().__init__(bootstrap, source, deadline)
        self.events: list[Any] = []

    async def send(self, outgoings: Sequence[Outgoing], *, deadline: float | None = None) -> None:
        """As any producer."""
        rows = [encode(one, self.source)._replace(topic=ASIDE.name) for one in outgoings]
        await self.send_raw(rows, deadline=deadline)
        self.events += [one.event for one in outgoings]


@dataclass
class Ingest:
    """The handler and the loops, fed and turned by hand."""

    floor: Floor
    settings: Settings
    objects: Objects
    polls: Polls
    rereads: Rereads
    epochs: Epochs
    channel: ChannelChanged
    sent_out: Noting
    square: Square
    networks: dict[str, Any]
    calls: InFlight
    reader: Reader
    rereader: Rereader
    offset: int = 0
    sent: list[Received[PayloadReceived]] = field(default_factory=list)

    def raw(
        self, kind: str = "created", text: str = "Bonjour", *, via: str = "webhook", on: str = "c1", **told: Any
    ) -> None:
        """One more raw message."""
        self.offset += 1
        event = PayloadReceived(
            brand_id=self.channel.brand_id,
            channel_id=self.channel.channel_id,
            network=self.channel.network,
            account_id="1",
            external_id=on,
            kind=kind,
            body=orjson.dumps({"kind": kind, "external_id": on, "text": text, **told}).decode(),
            receipt_id=str(uuid4()),
            part=0,
            via=via,
            received_at=NOON + timedelta(minutes=self.offset),
        )
        self.sent.append(Received(event, cause_of(event, self.offset)))

    async def handle(self, *batch: Received[PayloadReceived]) -> list[Event]:
        """What the handler states for these messages (all so far where none is named)."""
        outgoing: list[Outgoing] = list(
            await on_payload_received.handle_batch(
                batch or self.sent, self.objects, self.rereads, self.epochs, self.networks, self.floor.directory
            )
        )
        return [one.event for one in outgoing]

    async def take_in(self) -> list[Event]:
        """Hand what polls and readings sent raw since the last time to the handler."""
        raw = [one for one in self.sent_out.events if isinstance(one, PayloadReceived)]
        self.sent_out.events.clear()
        batch = []
        for event in raw:
            self.offset += 1
            batch.append(Received(event, cause_of(event, self.offset)))
        return await self.handle(*batch) if batch else []

    async def poll(self, times: int = 1) -> None:
        """Let the loop work, and wait for the readings under way."""
        for _ in range(times):
            await self.reader.poll_due()
            await self.settle()

    async def read_again(self) -> None:
        """As `poll`, for single objects."""
        await self.rereader.read_due()
        await self.settle()

    async def settle(self) -> None:
        """Wait for the calls under way."""
        while self.calls._tasks:
            await asyncio.wait(self.calls._tasks)

    async def row(self, channel: ChannelChanged | None = None) -> Any:
        """The channel's reading as it is stored."""
        return (await self.polls.all([(channel or self.channel).channel_id]))[0]

    def id_of(self, external: str) -> str:
        """Our id of an object."""
        return interaction_id(self.channel.network, self.channel.channel_id, external)

    def connect(self, network: str = "square", **changes: Any) -> ChannelChanged:
        """One more channel of the brand (or the first one again, changed)."""
        channel = self.channel.model_copy(
            update={"channel_id": str(uuid4()), "network": network, "account_id": str(uuid4())} | changes
        )
        self.floor.directory.learn(channel)
        return channel


def cause_of(event: PayloadReceived, offset: int) -> Cause:
    """Where a raw message stands."""
    return Cause(
        event_id=event.event_id(),
        type=event.type_name(),
        source="/ingest",
        subject=event.subject(),
        time=event.received_at,
        brand_id=event.brand_id,
        agency_id=None,
        correlation_id=event.event_id(),
        causation_id=event.event_id(),
        traceparent=None,
        replayed_from=None,
        topic="ingest.raw.v1",
        partition=0,
        offset=offset,
        timestamp_ms=0,
    )


@pytest.fixture
async def ingest(kafka: str, mongo_uri: str, tmp_path: Path, prefix: str) -> AsyncIterator[Ingest]:
    """An empty database, a fresh brand and channel."""
    create(tmp_path)
    await create_topics(kafka, [ASIDE], 1)
    settings = Settings(kafka=kafka, mongo=mongo_uri, keys_dir=tmp_path, database_prefix=prefix)
    async with AsyncExitStack() as stack:
        producer = await stack.enter_async_context(Noting.open(kafka, source="/ingest"))
        floor = replace(await stack.enter_async_context(open_floor(settings, "ingest")), producer=producer)
        channel = ChannelChanged(
            brand_id=str(uuid4()),
            channel_id=str(uuid4()),
            network="square",
            account_id="brand-account",
            name="Kerlann",
            base_url="http://square.test",
            connected_at=NOON - timedelta(days=1),
            seq=1,
        )
        floor.directory.learn(BrandChanged(brand_id=channel.brand_id, agency_id="a", name="Kerlann", seq=1))
        floor.directory.learn(channel)
        objects, polls, rereads = Objects(floor.database), Polls(floor.database), Rereads(floor.database)
        await indexed(floor.database)
        square = Square()
        networks = {"square": square, "plain": Plain()}
        calls = await stack.enter_async_context(InFlight.open(32, 1, drain=0.0))
        reader = Reader(floor, settings, networks, objects, polls, rereads, calls)
        rereader = Rereader(floor, networks, rereads, calls)
        epochs = Epochs(floor.database)
        stores = objects, polls, rereads, epochs
        yield Ingest(floor, settings, *stores, channel, producer, square, networks, calls, reader, rereader)
