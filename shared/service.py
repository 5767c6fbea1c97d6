"""The floor that every service stands on: what it opens, how its app is built, runs and stops."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Depends, FastAPI

from shared import keys, ops, problems
from shared.auth import CommandVerifier
from shared.bus.address import connection
from shared.bus.careful import Room
from shared.bus.consumer import Consumer, Lane, Tuning
from shared.bus.handler import Handler
from shared.bus.producer import Producer
from shared.bus.relay import Relay
from shared.directory import Directory
from shared.egress import Egress
from shared.health import Health, ReadyCheck
from shared.keys import Keys
from shared.loops import Loop
from shared.middleware import BODY_CAP, BodyCap, EndlessStreams, PlainJson, Traced
from shared.mongo.client import Mongo
from shared.mongo.database import Database
from shared.process import run
from shared.rates import Rates, RateTold
from shared.recalling import Recall
from shared.running import Running
from shared.secrets import Vault
from shared.settings import FloorSettings

__all__ = ["Floor", "Loop", "ReadyCheck", "build", "lay", "new_id", "open_floor", "run", "utc_now"]


def utc_now() -> datetime:
    """The process's clock, aware UTC. Due times and leases use the database's instead."""
    return datetime.now(UTC)


def new_id() -> str:
    """A fresh random id."""
    return str(uuid4())


@dataclass(frozen=True, slots=True)
class Floor:
    """What `open_floor` opened. `stopping` is set when the process is asked to end."""

    name: str
    settings: FloorSettings
    mongo: Mongo
    database: Database
    producer: Producer
    directory: Directory
    egress: Egress
    relay: Relay
    keys: Keys
    vault: Vault
    commands: CommandVerifier
    clock: Callable[[], datetime] = utc_now
    new_id: Callable[[], str] = new_id
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    room: Room = field(default_factory=Room)

    def consumer(
        self, lanes: Sequence[Lane], handlers: Sequence[Handler], *, part: str = "", **tuning: Any
    ) -> Consumer:
        """A member of the service's group, or of its group `<service>-<part>`; `tuning` as of `Tuning`."""
        group = f"{self.settings.group_prefix}{self.name}{f'-{part}' if part else ''}"
        tuned = Tuning(**{"version": self.settings.version, "room": self.room, **tuning})
        bootstrap, instance = self.settings.kafka, self.settings.instance
        return Consumer(bootstrap, group, instance, lanes, handlers, self.producer, self.database, tuned)


@asynccontextmanager
async def open_floor(settings: FloorSettings, name: str) -> AsyncIterator[Floor]:
    """Everything a service stands on, closed in reverse order. Engines may be away: they are waited for later.

    Raises `KeysMissing` where key files, or the certificates that Kafka's address names, are not there.
    """
    held = keys.load(settings.keys_dir)
    connection(settings.kafka)  # certificates that are not there are said now, and not by a reader in the background
    async with (
        Mongo.open(settings.mongo, settings.mongo_driver) as mongo,
        Producer.open(settings.kafka, source=f"/{name}") as producer,
        Directory.open(settings.kafka) as directory,
        Egress.open(settings) as egress,
    ):
        yield lay(settings, name, held, mongo, producer, directory, egress)


def lay(
    settings: FloorSettings,
    name: str,
    held: Keys,
    mongo: Mongo,
    producer: Producer,
    directory: Directory,
    egress: Egress,
) -> Floor:
    """A floor of these parts; nothing is asked of them yet."""
    database = mongo.database(f"{settings.database_prefix}{name}", f"/{name}", settings.instance)
    return Floor(
        name=name,
        settings=settings,
        mongo=mongo,
        database=database,
        producer=producer,
        directory=directory,
        egress=egress,
        relay=Relay(database, producer),
        keys=held,
        vault=Vault(held.platform_private),
        commands=CommandVerifier(held.commands_public, name, utc_now),
    )


def build(
    floor: Floor,
    *,
    routers: Sequence[APIRouter] = (),
    consumers: Sequence[Consumer] = (),
    loops: Sequence[Loop] = (),
    recalls: Sequence[Recall] = (),
    ready_checks: Sequence[ReadyCheck] = (),
    body_cap: int = BODY_CAP,
) -> FastAPI:
    """The app: routes, probes, problem answers; while it lives its consumers and loops run, after what it recalls."""
    running = Running(floor, consumers, loops, recalls)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running.life():
            yield

    title, version = f"Parvis {floor.name}", floor.settings.version
    guards = [Depends(running.after_recall)] if recalls else []
    app = FastAPI(title=title, version=version, lifespan=lifespan, dependencies=guards, docs_url=None, redoc_url=None)
    app.state.floor, app.state.running, app.state.commands = floor, running, floor.commands
    app.state.rates = Rates(*floor.settings.calls)
    problems.install(app)
    app.add_middleware(RateTold)
    app.add_middleware(PlainJson)
    app.add_middleware(BodyCap, limit=body_cap)
    app.add_middleware(EndlessStreams, stopping=floor.stopping)
    app.add_middleware(Traced)
    for router in (Health(floor, running, ready_checks).routes(), ops.routes(floor), *routers):
        app.include_router(router)
    return app
