"""Ingest: what it reads, serves and does by the clock."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from services.ingest.api import commands, webhooks
from services.ingest.domain.lanes import Lanes
from services.ingest.handlers import on_erasure_asked, on_export_asked, on_payload_received, on_person_erasure_asked
from services.ingest.loops.measure import Measurer
from services.ingest.loops.poll_channels import Reader
from services.ingest.loops.read_again import Rereader
from services.ingest.settings import Settings
from services.ingest.store.objects import Objects
from services.ingest.store.persons import persons
from services.ingest.store.polls import Polls
from services.ingest.store.rereads import Rereads
from shared.bus.consumer import Lane
from shared.bus.handler import bind
from shared.epochs import Epochs
from shared.events.topics import RAW, RAW_BACKFILL, RAW_OVERFLOW, REQUESTS
from shared.in_flight import InFlight
from shared.loops import Loop
from shared.networks.registry import open_networks
from shared.service import Floor, build, open_floor, run
from shared.tenants import Tenants

DRAIN = 5.0  # seconds: what is cut was only being read


@dataclass(frozen=True, slots=True)
class Resources:
    """What ingest stands on."""

    floor: Floor
    settings: Settings
    networks: Mapping[str, Any]
    objects: Objects
    polls: Polls
    rereads: Rereads
    epochs: Epochs
    polling: InFlight
    reading_again: InFlight


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    """Opened once a process, closed in reverse order."""
    async with open_floor(settings, "ingest") as floor, assemble(settings, floor) as resources:
        await resources.polls.take_back(settings.instance)
        yield resources


@asynccontextmanager
async def assemble(settings: Settings, floor: Floor) -> AsyncIterator[Resources]:
    """What stands on the floor; no engine is asked."""
    database = floor.database
    stores = Objects(database), Polls(database), Rereads(database), Epochs(database)
    async with (
        InFlight.open(settings.polls_at_once, 1, drain=DRAIN) as polling,
        InFlight.open(settings.rereads_at_once, 2, drain=DRAIN) as reading_again,
    ):
        yield Resources(floor, settings, open_networks(floor.egress), *stores, polling, reading_again)


def create_app(resources: Resources) -> FastAPI:
    """The table of contents."""
    floor, settings, networks = resources.floor, resources.settings, resources.networks
    objects, polls, rereads = resources.objects, resources.polls, resources.rereads
    reader = Reader(floor, settings, networks, objects, polls, rereads, resources.polling)
    rereader = Rereader(floor, networks, rereads, resources.reading_again)
    measurer, tenants = Measurer(floor, networks, objects, polls), Tenants(floor.database)
    asked = [bind(module.handle, tenants=tenants) for module in (on_erasure_asked, on_export_asked)]
    erasing = persons(floor.database)
    asked.append(bind(on_person_erasure_asked.handle, persons=erasing))
    remember = bind(
        on_payload_received.handle_batch,
        objects=objects,
        rereads=rereads,
        epochs=resources.epochs,
        networks=networks,
        directory=floor.directory,
    )
    return build(
        floor,
        routers=[
            webhooks.routes(webhooks.Reception(floor, settings, networks, Lanes(settings.replicas))),
            commands.routes(floor, networks, polls),
        ],
        consumers=[
            floor.consumer(
                [Lane(RAW), Lane(RAW_OVERFLOW, 0.3), Lane(RAW_BACKFILL, 0.1), Lane(REQUESTS, 0.1)], [remember, *asked]
            ),
        ],
        loops=[
            Loop("poll_channels", 1.0, reader.poll_due),
            Loop("read_again", 1.0, rereader.read_due),
            Loop("measure", settings.measure_seconds, measurer.measure_all, lease="measure"),
            tenants.loop(),
            erasing.loop(),
        ],
    )


if __name__ == "__main__":
    run(Settings, open_resources, create_app, assemble)
