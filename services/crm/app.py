"""Crm: what it reads, serves and does by the clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI

from services.crm.api import contacts, endpoints
from services.crm.api.desk import Desk
from services.crm.handlers import (
    on_action_failed,
    on_action_taken,
    on_case_decided,
    on_case_escalated,
    on_case_opened,
    on_decision_reversed,
    on_delivery_failed,
    on_delivery_stranded,
    on_erasure_asked,
    on_export_asked,
    on_interaction_deleted,
    on_interaction_edited,
    on_interaction_judged,
    on_interaction_received,
    on_person_erasure_asked,
    on_post_published,
)
from services.crm.loops.send_due import Sender
from services.crm.settings import Settings
from services.crm.store.contacts import Contacts
from services.crm.store.deliveries import Deliveries
from services.crm.store.endpoints import Endpoints
from services.crm.store.persons import persons
from services.crm.store.queue import Queue
from shared.bus.consumer import Lane
from shared.bus.handler import Handler, bind
from shared.commands import Answers
from shared.epochs import Epochs
from shared.events.topics import ACTIONS, INTERACTIONS, POSTS, REQUESTS, VERDICTS
from shared.in_flight import InFlight
from shared.loops import REST, Loop
from shared.service import Floor, build, open_floor, run
from shared.tenants import Tenants

TOLD = (
    on_interaction_received,
    on_interaction_edited,
    on_interaction_deleted,
    on_interaction_judged,
    on_case_opened,
    on_case_escalated,
    on_case_decided,
    on_decision_reversed,
    on_action_taken,
    on_action_failed,
    on_post_published,
    on_delivery_failed,
    on_delivery_stranded,
)


@dataclass(frozen=True, slots=True)
class Resources:
    """What crm stands on."""

    floor: Floor
    settings: Settings
    endpoints: Endpoints
    deliveries: Deliveries
    contacts: Contacts
    epochs: Epochs
    answers: Answers
    calls: InFlight


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    """Opened once a process, closed in reverse order: calls under way are waited for before anything closes."""
    async with open_floor(settings, "crm") as floor, assemble(settings, floor) as resources:
        await floor.database.ensure_indexes()
        await resources.deliveries.take_back(settings.instance)
        yield resources


@asynccontextmanager
async def assemble(settings: Settings, floor: Floor) -> AsyncIterator[Resources]:
    """What stands on the floor; no engine is asked."""
    database = floor.database
    telling = Endpoints(database), Deliveries(database, settings.lease_seconds)
    stores = *telling, Contacts(database), Epochs(database), Answers(database)
    async with InFlight.open(settings.at_once, settings.at_once_per_endpoint) as calls:
        yield Resources(floor, settings, *stores, calls)


def create_app(resources: Resources) -> FastAPI:
    """The table of contents."""
    floor, settings, stores = resources.floor, resources.settings, (resources.endpoints, resources.deliveries)
    sender = Sender(floor, settings, *stores, resources.epochs, resources.calls)
    tenants = Tenants(floor.database)
    # A call that has ended makes room, which a burst needs at once: two runs are as close as they may be.
    sending = Loop("send_due", 0.02, sender.send_due, rest=REST, ahead=resources.deliveries.due_in)
    resources.calls.ended.listen(sending.wake)
    resources.deliveries.added.listen(sending.wake)
    asked = [bind(module.handle, tenants=tenants) for module in (on_erasure_asked, on_export_asked)]
    erasing = persons(floor.database)
    asked.append(bind(on_person_erasure_asked.handle, persons=erasing))
    lanes = [Lane(VERDICTS), Lane(INTERACTIONS), Lane(ACTIONS), Lane(POSTS), Lane(REQUESTS, 0.1)]
    return build(
        floor,
        routers=[
            endpoints.routes(Desk(floor, settings, *stores, resources.epochs, resources.answers)),
            contacts.routes(contacts.Book(floor, resources.contacts, resources.epochs, resources.answers)),
        ],
        consumers=[floor.consumer(lanes, [*handlers(Queue(*stores)), *asked])],
        loops=[
            sending,
            Loop("release_held", 2.0, sender.release_held, lease="release_held"),
            tenants.loop(),
            erasing.loop(),
        ],
    )


def handlers(queue: Queue) -> list[Handler]:
    """What crm hears: what endpoints may choose."""
    return [bind(module.handle_batch, queue=queue) for module in TOLD]


if __name__ == "__main__":
    run(Settings, open_resources, create_app, assemble)
