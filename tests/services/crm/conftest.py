"""A crm's loops and commands on a real database, before a real receiver."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.crm.api.desk import Desk
from services.crm.api.shapes import Registration
from services.crm.app import Resources, assemble
from services.crm.loops.send_due import Sender
from services.crm.settings import Settings
from services.crm.store.queue import Queue
from shared.auth import Command
from shared.bus.envelope import Cause, Received
from shared.events.event import Event
from shared.events.moderation.case_escalated import CaseEscalated
from shared.in_flight import InFlight
from shared.keys import create
from shared.service import open_floor
from tests.services.crm.receiver import Receiver, receiving
from tests.stores import indexed

QUICK = (0.0, 0.05, 0.05, 0.05)


@dataclass
class Crm:
    """Crm, its loops turned by hand."""

    made: Resources
    sender: Sender
    desk: Desk
    queue: Queue
    receiver: Receiver
    brand_id: str
    told: list[Any] = field(default_factory=list)

    def who(self, key: str = "", seq: int | None = None, digest: str = "", brand_id: str = "") -> Command:
        """A manager's command, with a key of its own unless given."""
        return Command(brand_id or self.brand_id, "ines", "endpoints", key or str(uuid4()), seq, digest)

    async def endpoint(self, *events: str, path: str = "/hook") -> dict[str, Any]:
        """One more endpoint at the receiver; as the command answered it."""
        body = Registration(url=self.receiver.url(path), events=list(events) or ["CaseEscalated"])
        return dict((await self.desk.register(self.who(), body)).body)

    async def hears(self, *events: Event, **changes: Any) -> None:
        """These facts come from Kafka."""
        await self.queue.put([received(one, **changes) for one in events])

    def fact(self, number: int = 1, **changes: Any) -> CaseEscalated:
        """A fact of the brand."""
        return CaseEscalated.example().model_copy(
            update={"brand_id": self.brand_id, "case_id": f"case-{number}", **changes}
        )

    def gives_up_after(self, seconds: float) -> None:
        """Let calls end so soon without an answer."""
        settings = self.sender.settings.model_copy(update={"request_timeout": seconds})
        self.sender = replace(self.sender, settings=settings)

    async def turn(self, times: int = 1) -> None:
        """Let the loops work, and wait for the calls that they started."""
        for _ in range(times):
            await self.sender.release_held()
            await self.sender.send_due()
            await self.calls_ended()

    async def calls_ended(self) -> None:
        """Wait for the calls under way."""
        async with InFlight.open(0, 0) as none:
            none._tasks = self.made.calls._tasks

    async def until_settled(self, endpoint: dict[str, Any]) -> list[dict[str, Any]]:
        """Turn until nothing waits for that endpoint; its deliveries."""
        async with asyncio.timeout(60):
            while True:
                await self.turn()
                found = await self.deliveries(endpoint)
                if all(one["state"] != "waiting" for one in found):
                    return found
                await asyncio.sleep(0.02)

    async def deliveries(self, endpoint: dict[str, Any]) -> list[dict[str, Any]]:
        """All of an endpoint, as a manager sees them."""
        listed = await self.desk.attempts(self.brand_id, endpoint["endpoint_id"], "", 500)
        return list(listed.body["deliveries"])

    async def state(self, endpoint: dict[str, Any]) -> dict[str, Any]:
        """The endpoint as a manager sees it."""
        listed = (await self.desk.listed(self.brand_id)).body["endpoints"]
        return dict(next(one for one in listed if one["endpoint_id"] == endpoint["endpoint_id"]))

    def names(self) -> list[str]:
        """The facts that crm stated."""
        return [dict(row.message.headers)["ce_type"].decode().split(".")[-2] for row in self.told]


def received(event: Event, replayed_from: datetime | None = None) -> Received[Any]:
    """The fact as the bus hands it over."""
    own, now = event.event_id(), datetime(2026, 11, 25, 9, tzinfo=UTC)
    names = (own, event.type_name(), "/test", event.subject(), now, event.owner_id(), None, own, own, None)
    return Received(event, Cause(*names, replayed_from, event.TOPIC.name, 0, 0, 0))


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Another system."""
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def crm(kafka: str, mongo_uri: str, tmp_path: Path, prefix: str, receiver: Receiver) -> AsyncIterator[Crm]:
    """A crm of its own with one brand."""
    create(tmp_path)
    settings = Settings(
        kafka=kafka,
        mongo=mongo_uri,
        keys_dir=tmp_path,
        database_prefix=prefix,
        egress_allow=(f"127.0.0.1:{receiver.port}",),
        retries=QUICK,
    )
    async with AsyncExitStack() as stack:
        floor = await stack.enter_async_context(open_floor(settings, "crm"))
        made = await stack.enter_async_context(assemble(settings, floor))
        await indexed(floor.database)
        stores = made.endpoints, made.deliveries
        sender = Sender(floor, settings, *stores, made.epochs, made.calls)
        desk = Desk(floor, settings, *stores, made.epochs, made.answers)
        crm = Crm(made, sender, desk, Queue(*stores), receiver, str(uuid4()))
        floor.database.outbox.on_commit(_listen(crm.told))
        yield crm
        await crm.calls_ended()


def _listen(told: list[Any]) -> Callable[[Any], None]:
    def listen(rows: Any) -> None:
        told.extend(rows)

    return listen
