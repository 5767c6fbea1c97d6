"""Moderation on a real database: events are handed to its handlers, commands to its app."""

import asyncio
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.moderation.app import Resources, assemble, create_app, furnish, handlers
from services.moderation.domain.judge.lexicon import LexiconJudge
from services.moderation.loops.fetch_media import MediaFetching
from services.moderation.settings import Settings
from shared.auth import sign_command
from shared.bus.envelope import Cause, Received
from shared.bus.handler import Handler
from shared.egress import Egress
from shared.events.catalogue import by_type
from shared.events.console.brand_changed import BrandChanged
from shared.events.event import Event
from shared.events.ids import derive
from shared.events.ingest.interaction_deleted import InteractionDeleted
from shared.events.ingest.interaction_edited import InteractionEdited
from shared.events.ingest.interaction_received import InteractionReceived
from shared.events.ingest.parts import Author, Place
from shared.in_flight import InFlight
from shared.keys import create
from shared.rights import Right
from shared.service import open_floor
from tests.shared.little_server import little_server

T0 = datetime(2026, 11, 20, 9, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
PICTURE = PNG + struct.pack(">II", 640, 480) + b"not really" * 100
BOMB = PNG + struct.pack(">II", 60_000, 60_000) + b"14 GB of one colour" * 100
PAGE = b"<script>alert(document.domain)</script>"
INSULT = "Bande de connards, abrutis finis"
POLITE = "Bonjour, pourriez-vous me rappeler au sujet de ma commande ?"


@dataclass
class Moderation:
    """One brand's moderation, turned by hand. `stated` is all that was put in the outbox, in order."""

    resources: Resources
    http: httpx.AsyncClient
    brand_id: str
    agency_id: str
    by_class: dict[type[Event], Handler]
    stated: list[Event] = field(default_factory=list)

    def said(self, text: str, *, who: str = "camille", name: str = "", **more: Any) -> InteractionReceived:
        """Somebody says `text`; the same `name` is the same interaction."""
        return InteractionReceived(**self._fields(text, who, name or str(uuid4())) | more)

    def edited(self, before: InteractionReceived, text: str, revision: int = 2, **more: Any) -> InteractionEdited:
        """Its author changes it."""
        changes = {
            "text": text,
            "revision": revision,
            "sighting": revision,
            "seen_at": T0 + timedelta(minutes=revision),
        }
        return InteractionEdited(**before.model_dump() | changes | more)

    def deleted(self, before: InteractionReceived) -> InteractionDeleted:
        """Its network says that it is gone."""
        return InteractionDeleted(
            brand_id=self.brand_id, interaction_id=before.interaction_id, place=before.place, seen_at=T0
        )

    @property
    def web(self) -> str:
        """Where the picture `/p.png` is."""
        return f"http://{self.resources.settings.egress_allow[0]}"

    async def hears(self, *events: Event) -> list[Event]:
        """Hand events of one class to their handler; what it returns to be stated."""
        outputs = await self.by_class[type(events[0])].call([received(event) for event in events])
        return [one.event for one in outputs]

    async def command(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        person: str = "ines",
        right: Right = "decide",
        owner: str = "",
        key: str = "",
    ) -> httpx.Response:
        """A person's command; its own idempotency key unless given."""
        signer = self.resources.floor.keys.commands_private
        assert signer is not None
        token = sign_command(signer, audience="moderation", brand_id=owner or self.brand_id, person=person, right=right)
        given = {"Authorization": f"Bearer {token}", "Idempotency-Key": key or str(uuid4())}
        return await self.http.request(method, path, json=body, headers=given)

    async def on_case(self, event: Any, act: str, body: Any = None, person: str = "ines") -> httpx.Response:
        """A command on the interaction's case."""
        path = f"/brands/{self.brand_id}/cases/{derive('case', event.interaction_id)}/{act}"
        return await self.command("POST", path, body or {}, person=person)

    async def decide(self, event: Any, decision: str, revision: int = 1, person: str = "ines") -> httpx.Response:
        """A person decides the interaction's case."""
        body = {"revision": revision, "decision": decision, "reason": "seen"}
        return await self.on_case(event, "decide", body, person)

    async def decide_from_inbox(self, event: Any, decision: str, revision: int = 1) -> httpx.Response:
        """A person decides where there may be no case."""
        path = f"/brands/{self.brand_id}/interactions/{event.interaction_id}/decide"
        return await self.command("POST", path, {"revision": revision, "decision": decision, "reason": "seen"})

    async def case(self, event: Any) -> dict[str, Any] | None:
        """The stored case."""
        return await self.resources.cases.get(self.brand_id, derive("case", event.interaction_id))

    async def row(self, event: Any) -> dict[str, Any] | None:
        """What is remembered of the interaction."""
        return await self.resources.interactions.get(self.brand_id, event.interaction_id)

    async def held(self) -> int:
        """How many events wait in the outbox for their time."""
        rows = await self.resources.floor.database.system("outbox").find({"held": True})
        return sum(1 for row in rows if row["key"].decode().startswith(self.brand_id))

    @asynccontextmanager
    async def media(self, egress: Egress | None = None) -> AsyncIterator[MediaFetching]:
        """The loop that fetches evidence; what it began has ended when this has."""
        made, settings = self.resources, self.resources.settings
        stores, way_out = (made.interactions, made.cases), egress or made.floor.egress
        async with InFlight.open(settings.fetches_at_once, settings.fetches_at_once_per_brand, drain=60.0) as calls:
            yield MediaFetching(made.floor.database, *stores, way_out, calls, settings)

    def told(self, *kinds: type[Event]) -> list[str]:
        """Names of what was put in the outbox."""
        return [type(event).__name__ for event in self.stated if not kinds or isinstance(event, kinds)]

    def _fields(self, text: str, who: str, name: str) -> dict[str, Any]:
        place = Place(network="facebook", channel_id="c", external_id=name, thread_id="t", thread_external_id="t")
        return {
            "brand_id": self.brand_id,
            "interaction_id": derive("interaction", self.brand_id, name),
            "place": place,
            "kind": "comment",
            "author": Author(id=derive("person", self.brand_id, who), external_id=who, name=who),
            "text": text,
            "said_at": T0,
            "seen_at": T0,
            "revision": 1,
            "sighting": 1,
        }


def received(event: Event) -> Received[Event]:
    """The event as the bus would bring it."""
    cause = Cause(
        event_id=event.event_id(),
        type=event.type_name(),
        source="/ingest",
        subject=event.subject(),
        time=T0,
        brand_id=event.owner_id(),
        agency_id=None,
        correlation_id=event.event_id(),
        causation_id=event.event_id(),
        traceparent=None,
        replayed_from=None,
        topic=event.TOPIC.name,
        partition=0,
        offset=0,
        timestamp_ms=0,
    )
    return Received(event, cause)


@pytest.fixture(scope="session")
def judge() -> LexiconJudge:
    """The first judge."""
    return LexiconJudge()


@pytest.fixture(scope="session")
async def house(
    kafka: str, mongo_uri: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Resources, httpx.AsyncClient]]:
    """A moderation without consumers and loops: nothing happens in it unless a story says so."""
    keys = tmp_path_factory.mktemp("keys")
    create(keys)
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(little_server(show_picture))
        settings = Settings(
            kafka=kafka,
            mongo=mongo_uri,
            keys_dir=keys,
            database_prefix=f"t{uuid4().hex[:8]}_",
            undo_seconds=30.0,
            media_seconds=30.0,
            egress_allow=(f"127.0.0.1:{web.port}",),
        )
        floor = await stack.enter_async_context(open_floor(settings, "moderation"))
        resources = await stack.enter_async_context(assemble(settings, floor))
        await furnish(resources)
        transport = httpx.ASGITransport(app=create_app(resources))
        http = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://moderation"))
        yield resources, http
        await floor.database.drop()


@pytest.fixture
def moderation(house: tuple[Resources, httpx.AsyncClient]) -> Moderation:
    """A brand of its own."""
    return brand_in(*house)


def brand_in(resources: Resources, http: httpx.AsyncClient) -> Moderation:
    """A new brand, and what is stated about it."""
    brand_id, agency_id = str(uuid4()), str(uuid4())
    brand = BrandChanged(brand_id=brand_id, agency_id=agency_id, name="Kerlann", languages=["fr", "en"], seq=1)
    resources.floor.directory.learn(brand)
    by_class = {one.event_class: one for one in handlers(resources)}
    made = Moderation(resources, http, brand_id, agency_id, by_class)

    def listen(rows: Sequence[Any]) -> None:
        made.stated.extend(event for event in _events(rows) if event.owner_id() in (brand_id, agency_id))

    resources.floor.database.outbox.on_commit(listen)
    return made


async def show_picture(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
    """The web: one picture, one too large to be shown, one page that calls itself a picture, and nothing else."""
    body = {b"/p.png": PICTURE, b"/bomb.png": BOMB, b"/page.png": PAGE}.get(head.split(b" ")[1], b"")
    status = b"200 OK" if body else b"404 Not Found"
    writer.write(b"HTTP/1.1 %s\r\ncontent-type: image/png\r\ncontent-length: %d\r\n\r\n" % (status, len(body)))
    writer.write(body)
    await writer.drain()


def _events(rows: Sequence[Any]) -> list[Event]:
    kinds = by_type()
    return [kinds[dict(row.message.headers)["ce_type"].decode()].read(row.message.value) for row in rows]
