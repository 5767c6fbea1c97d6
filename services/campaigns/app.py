"""Campaigns: what it reads, serves and does by the clock."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from services.campaigns.api import audiences, campaigns, gates
from services.campaigns.api.desk import Desk
from services.campaigns.handlers import (
    on_brand_held,
    on_brand_released,
    on_contact_linked,
    on_contact_updated,
    on_crisis_eased,
    on_crisis_suspected,
    on_erasure_asked,
    on_export_asked,
    on_person_changed,
    on_person_erasure_asked,
)
from services.campaigns.loops.ad_calls import AdCalls
from services.campaigns.loops.conclude import Concluding
from services.campaigns.loops.count_audiences import Counting
from services.campaigns.loops.drive_ads import Driving
from services.campaigns.loops.read_reports import Reporting
from services.campaigns.loops.steer import Steering
from services.campaigns.settings import Settings
from services.campaigns.store.campaigns import Campaigns
from services.campaigns.store.claims import Claims
from services.campaigns.store.contacts import Contacts
from services.campaigns.store.course import Course
from services.campaigns.store.gates import Gates
from services.campaigns.store.memory import Memory
from services.campaigns.store.persons import persons
from services.campaigns.store.profiles import Profiles
from services.campaigns.store.spend import Spend
from shared.bus.consumer import Lane
from shared.bus.handler import Handler, bind
from shared.commands import Answers
from shared.epochs import Epochs
from shared.events.campaigns.opt_out_changed import OptOutChanged
from shared.events.campaigns.parts import CampaignFact
from shared.events.topics import CAMPAIGNS, CONTACTS, DIRECTORY, PEOPLE, REQUESTS, SIGNALS
from shared.in_flight import InFlight
from shared.loops import Loop
from shared.networks.registry import open_networks
from shared.recalling import Recall
from shared.service import Floor, build, open_floor, run
from shared.tenants import Tenants

LANES = (Lane(SIGNALS), Lane(DIRECTORY), Lane(PEOPLE, 0.5), Lane(CONTACTS, 0.5), Lane(REQUESTS, 0.1))


@dataclass(frozen=True, slots=True)
class Resources:
    """What campaigns stands on."""

    floor: Floor
    settings: Settings
    networks: Mapping[str, Any]
    course: Course
    profiles: Profiles
    contacts: Contacts
    epochs: Epochs
    answers: Answers
    claims: Claims
    under_way: InFlight

    def steering(self) -> Steering:
        """Turns campaigns."""
        return Steering(self.floor.database, self.course, self.epochs)

    def driving(self) -> Driving:
        """Turns ads on and off."""
        wishes = self.floor.database, self.settings, self.course, self.profiles, self.epochs
        return Driving(*wishes, self._calls(), self.claims, self.under_way)

    def reporting(self) -> Reporting:
        """Reads what they cost."""
        return Reporting(self.floor.database, self.course, self.epochs, self._calls(), self.settings)

    def concluding(self) -> Concluding:
        """Says what creatives came to."""
        return Concluding(self.floor.database, self.course, self.epochs, self.settings)

    def counting(self) -> Counting:
        """Counts audiences."""
        return Counting(self.floor.database, self.course.campaigns, self.profiles, self.epochs)

    def gatekeeper(self) -> gates.Gatekeeper:
        """Where console says what is held."""
        return gates.Gatekeeper(self.floor.database, self.course.gates, self.steering(), self.driving())

    def memory(self) -> Memory:
        """Takes back what a restore made it forget."""
        return Memory(self.floor.database, self.course.campaigns, self.profiles)

    def desk(self) -> Desk:
        """What managers do."""
        return Desk(self.floor, self.networks, self.course, self.epochs, self.answers)

    def _calls(self) -> AdCalls:
        return AdCalls(self.floor, self.networks)


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    """Opened once a process, closed in reverse order: calls under way are waited for before anything closes."""
    async with open_floor(settings, "campaigns") as floor, assemble(settings, floor) as resources:
        await floor.database.ensure_indexes()
        await resources.claims.take_back(settings.instance)
        yield resources


@asynccontextmanager
async def assemble(settings: Settings, floor: Floor) -> AsyncIterator[Resources]:
    """What stands on the floor; no engine is asked."""
    database = floor.database
    known = Campaigns(database)
    course = Course(known, Spend(database), Gates(database))
    profiles = Profiles(database, known)
    people = profiles, Contacts(database, profiles)
    stores = *people, Epochs(database), Answers(database), Claims(database, settings.lease_seconds)
    async with InFlight.open(settings.at_once, settings.at_once_per_account) as under_way:
        yield Resources(floor, settings, open_networks(floor.egress), course, *stores, under_way)


def create_app(resources: Resources) -> FastAPI:
    """The table of contents."""
    floor, settings = resources.floor, resources.settings
    circles = audiences.Circles(floor, resources.profiles, resources.epochs, resources.answers)
    tenants = Tenants(floor.database)
    driving = Loop("drive_ads", settings.drive_seconds, resources.driving().drive_due)
    resources.under_way.ended.listen(driving.wake)
    asked = [bind(module.handle, tenants=tenants) for module in (on_erasure_asked, on_export_asked)]
    erasing = persons(floor.database)
    asked.append(bind(on_person_erasure_asked.handle, persons=erasing))
    return build(
        floor,
        routers=[
            campaigns.routes(resources.desk()),
            audiences.routes(circles),
            gates.routes(resources.gatekeeper()),
        ],
        consumers=[
            floor.consumer(LANES, [*handlers(resources), *asked]),
        ],
        loops=[
            Loop("steer", settings.steer_seconds, resources.steering().steer, lease="steer"),
            driving,
            Loop("read_reports", settings.report_seconds, resources.reporting().read_all, lease="read_reports"),
            Loop("conclude", settings.conclude_seconds, resources.concluding().conclude, lease="conclude"),
            Loop("count_audiences", settings.audience_seconds, resources.counting().count, lease="count_audiences"),
            tenants.loop(),
            erasing.loop(),
        ],
        recalls=[Recall(CAMPAIGNS, [CampaignFact, OptOutChanged], resources.epochs, resources.memory().recall)],
    )


def handlers(resources: Resources) -> list[Handler]:
    """What campaigns hears."""
    turning = (on_crisis_suspected, on_crisis_eased, on_brand_held, on_brand_released)
    return [
        *(bind(module.handle_batch, gates=resources.course.gates) for module in turning),
        bind(on_person_changed.handle_batch, profiles=resources.profiles),
        *(bind(module.handle_batch, contacts=resources.contacts) for module in (on_contact_linked, on_contact_updated)),
    ]


if __name__ == "__main__":
    run(Settings, open_resources, create_app, assemble)
