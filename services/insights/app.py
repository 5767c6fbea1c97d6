"""Insights: what it reads and does by the clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI

from services.insights.handlers import (
    on_action_taken,
    on_erasure_asked,
    on_export_asked,
    on_interaction_deleted,
    on_interaction_edited,
    on_interaction_judged,
    on_interaction_received,
    on_person_erasure_asked,
)
from services.insights.loops.state_hours import HoursStating
from services.insights.loops.state_people import PeopleStating
from services.insights.loops.watch_mood import MoodWatching
from services.insights.settings import Settings
from services.insights.store.interactions import Interactions
from services.insights.store.persons import persons
from services.insights.store.series import Series
from services.insights.store.signals import Signals
from services.insights.store.stated import Stated
from services.insights.store.sums import Sums
from shared.bus.consumer import Lane
from shared.bus.handler import Handler, bind
from shared.epochs import Epochs
from shared.events.insights.parts import CrisisFact
from shared.events.topics import ACTIONS, INTERACTIONS, REQUESTS, SIGNALS, VERDICTS
from shared.loops import Loop
from shared.mongo.indexes import Index
from shared.mongo.migrations import migrations_in
from shared.recalling import Recall
from shared.service import Floor, build, open_floor, run
from shared.tenants import Tenants

COUNTED = (
    on_interaction_received,
    on_interaction_edited,
    on_interaction_deleted,
    on_interaction_judged,
    on_action_taken,
)


@dataclass(frozen=True, slots=True)
class Resources:
    """What insights stands on."""

    floor: Floor
    settings: Settings
    interactions: Interactions
    series: Stated
    profiles: Stated
    epochs: Epochs


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    """Opened once a process, closed in reverse order."""
    async with open_floor(settings, "insights") as floor:
        yield await furnish(floor, settings)


async def furnish(floor: Floor, settings: Settings) -> Resources:
    """The stores on a floor, their indexes made."""
    async with assemble(settings, floor) as resources:
        await floor.database.migrate(migrations_in("services.insights.migrations"))
        await floor.database.ensure_indexes()
        return resources


@asynccontextmanager
async def assemble(settings: Settings, floor: Floor) -> AsyncIterator[Resources]:
    """What stands on the floor; no engine is asked."""
    database = floor.database
    hours, people = Sums(database, "hours"), Sums(database, "people")
    interactions = Interactions(database, hours, people)
    series = Stated(database, "series", hours, Index(("brand_id", "hour")), Index(("hour",)))
    yield Resources(floor, settings, interactions, series, Stated(database, "profiles", people), Epochs(database))


def handlers(resources: Resources) -> list[Handler]:
    """What is counted."""
    return [bind(module.handle_counted, interactions=resources.interactions) for module in COUNTED]


def create_app(resources: Resources) -> FastAPI:
    """The table of contents."""
    floor, settings = resources.floor, resources.settings
    hours = HoursStating(resources.series, resources.epochs)
    series, signals = Series(floor.database), Signals(floor.database)
    watching = MoodWatching(floor.database, series, signals, floor.directory, resources.epochs, settings)
    tenants = Tenants(floor.database)
    asked = [bind(module.handle, tenants=tenants) for module in (on_erasure_asked, on_export_asked)]
    erasing = persons(floor.database)
    asked.append(bind(on_person_erasure_asked.handle, persons=erasing))
    people = PeopleStating(resources.profiles, resources.interactions, resources.epochs)
    return build(
        floor,
        consumers=[
            # One batch at a time: facts about one interaction come on three topics, and would wait for each other.
            floor.consumer([Lane(INTERACTIONS), Lane(VERDICTS), Lane(ACTIONS)], handlers(resources), at_once=1),
            floor.consumer([Lane(REQUESTS)], asked, part="requests"),
        ],
        loops=[
            Loop("state_hours", settings.hours_seconds, hours.state_changed, lease="state_hours"),
            Loop("state_people", settings.people_seconds, people.state_changed, lease="state_people"),
            Loop("watch_mood", settings.look_seconds, watching.look, lease="watch_mood"),
            tenants.loop(),
            erasing.loop(),
        ],
        recalls=[Recall(SIGNALS, [CrisisFact], resources.epochs, signals.recall)],
    )


if __name__ == "__main__":
    run(Settings, open_resources, create_app, assemble)
