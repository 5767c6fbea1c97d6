"""Publisher: what it reads, serves and does by the clock."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from services.publisher.api import gates, posts, replies
from services.publisher.api.desk import Desk
from services.publisher.domain.wish import ACTIONS
from services.publisher.handlers import (
    on_brand_held,
    on_brand_released,
    on_case_decided,
    on_decision_reversed,
    on_erasure_asked,
    on_export_asked,
    on_interaction_deleted,
    on_interaction_judged,
    on_interaction_visibility_changed,
    on_person_erasure_asked,
)
from services.publisher.loops.drive_visibility import Driver
from services.publisher.loops.renew_tokens import Renewer
from services.publisher.loops.send_due import Sender
from services.publisher.loops.settle import Settler
from services.publisher.loops.token_losses import TokenLosses
from services.publisher.settings import Settings
from services.publisher.store.conclusion import Conclusion
from services.publisher.store.deliveries import Deliveries
from services.publisher.store.endings import Endings
from services.publisher.store.gates import Gates
from services.publisher.store.held import Held
from services.publisher.store.persons import persons
from services.publisher.store.posts import Posts
from services.publisher.store.tokens import Tokens
from services.publisher.store.wishes import Wishes
from shared.bus.consumer import Lane
from shared.bus.handler import Handler, bind, where
from shared.commands import Answers
from shared.epochs import Epochs
from shared.events.topics import DIRECTORY, INTERACTIONS, REQUESTS, VERDICTS
from shared.in_flight import InFlight
from shared.loops import REST, Loop
from shared.networks.registry import open_networks
from shared.service import Floor, build, open_floor, run
from shared.tenants import Tenants

LANES = (Lane(VERDICTS), Lane(INTERACTIONS), Lane(DIRECTORY), Lane(REQUESTS, 0.1))


@dataclass(frozen=True, slots=True)
class Resources:
    """What publisher stands on."""

    floor: Floor
    settings: Settings
    networks: Mapping[str, Any]
    posts: Posts
    deliveries: Deliveries
    wishes: Wishes
    gates: Gates
    tokens: Tokens
    epochs: Epochs
    answers: Answers
    calls: InFlight


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    """Opened once a process, closed in reverse order: calls under way are waited for before anything closes."""
    async with open_floor(settings, "publisher") as floor, assemble(settings, floor) as resources:
        await floor.database.ensure_indexes()
        await resources.deliveries.take_back(settings.instance)
        await resources.wishes.take_back(settings.instance)
        yield resources


@asynccontextmanager
async def assemble(settings: Settings, floor: Floor) -> AsyncIterator[Resources]:
    """What stands on the floor; no engine is asked."""
    database, lease = floor.database, settings.lease_seconds
    deliveries, wishes = Deliveries(database, lease), Wishes(database, lease)
    stores = Posts(database), deliveries, wishes, Gates(database), Tokens(database), Epochs(database), Answers(database)
    async with InFlight.open(settings.at_once, settings.at_once_per_channel) as calls:
        yield Resources(floor, settings, open_networks(floor.egress), *stores, calls)


def create_app(resources: Resources) -> FastAPI:
    """The table of contents."""
    floor, settings, networks, calls = resources.floor, resources.settings, resources.networks, resources.calls
    conclusion = Conclusion(floor, resources.deliveries, resources.posts, resources.epochs)
    losses = TokenLosses(floor)
    sender = Sender(floor, settings, networks, resources.deliveries, conclusion, resources.gates, calls, losses)
    settler = Settler(floor, settings, networks, resources.deliveries, conclusion, calls)
    endings = Endings(floor, resources.wishes, resources.epochs)
    tenants = Tenants(floor.database)
    asked = [bind(module.handle, tenants=tenants) for module in (on_erasure_asked, on_export_asked)]
    erasing = persons(floor.database)
    asked.append(bind(on_person_erasure_asked.handle, persons=erasing))
    renewer = Renewer(floor, settings, networks, resources.tokens, losses)
    driver = Driver(floor, settings, networks, resources.wishes, endings, resources.gates, calls, losses)
    return build(
        floor,
        routers=[
            posts.routes(Desk(floor, networks, resources.posts, resources.epochs, resources.answers)),
            replies.routes(replies.Answering(floor, networks, resources.posts, conclusion, resources.answers)),
            gates.routes(gates.Gatekeeper(floor.database, resources.gates, Held(floor.database))),
        ],
        consumers=[floor.consumer(LANES, [*handlers(resources.wishes, resources.gates), *asked])],
        loops=[
            *outward(resources, sender, settler, driver),
            Loop("renew_tokens", settings.renew_seconds, renewer.renew_due, lease="renew_tokens"),
            Loop("save_renewals", 1.0, renewer.save),
            tenants.loop(),
            erasing.loop(),
        ],
    )


def outward(resources: Resources, sender: Sender, settler: Settler, driver: Driver) -> list[Loop]:
    """Woken by what this process writes and by calls that end; what another wrote is found after the rest."""
    sending = Loop("send_due", 0.2, sender.send_due, rest=REST, ahead=sender.due_in)
    settling = Loop("settle", 0.5, settler.settle_due, rest=REST)
    driving = Loop("drive_visibility", 0.1, driver.drive_due, rest=REST)
    for loop in (sending, settling, driving):
        resources.calls.ended.listen(loop.wake)
    resources.floor.database.committed.listen(sending.wake)
    resources.wishes.stated.listen(driving.wake)
    return [sending, settling, driving]


def handlers(wishes: Wishes, gates: Gates) -> list[Handler]:
    """What publisher hears: only what wishes something of a network, or forbids it."""
    return [
        bind(on_brand_held.handle_batch, gates=gates),
        bind(on_brand_released.handle_batch, gates=gates),
        where(bind(on_interaction_judged.handle_batch, wishes=wishes), "wish", ACTIONS),
        bind(on_case_decided.handle, wishes=wishes),
        bind(on_decision_reversed.handle, wishes=wishes),
        bind(on_interaction_deleted.handle_batch, wishes=wishes),
        bind(on_interaction_visibility_changed.handle_batch, wishes=wishes),
    ]


if __name__ == "__main__":
    run(Settings, open_resources, create_app, assemble)
