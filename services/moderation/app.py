"""Moderation: what it reads, serves and does by the clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI

from services.moderation.api import cases as case_routes
from services.moderation.api import evidence as evidence_routes
from services.moderation.api import policies as policy_routes
from services.moderation.api import trials as trial_routes
from services.moderation.api.deciding import Deciding
from services.moderation.api.desk import Desk
from services.moderation.domain.judge.lexicon import LexiconJudge
from services.moderation.domain.judge.seat import Judge
from services.moderation.handlers import (
    on_action_failed,
    on_action_taken,
    on_erasure_asked,
    on_export_asked,
    on_interaction_deleted,
    on_interaction_edited,
    on_interaction_received,
    on_interaction_visibility_changed,
    on_person_erasure_asked,
)
from services.moderation.loops.fetch_media import MediaFetching
from services.moderation.loops.refresh_rules import RulesRefreshing
from services.moderation.loops.release_claims import ClaimsReleasing
from services.moderation.settings import Settings
from services.moderation.store.authors import Authors
from services.moderation.store.burial import Burial
from services.moderation.store.cases import Cases
from services.moderation.store.interactions import Interactions
from services.moderation.store.judgement import Judgement
from services.moderation.store.persons import persons
from services.moderation.store.policies import HouseRules, Policies
from services.moderation.store.revision import Revisions
from shared.bus.consumer import Lane
from shared.bus.handler import Handler, bind
from shared.commands import Answers
from shared.epochs import Epochs
from shared.events.topics import ACTIONS, INTERACTIONS, REQUESTS
from shared.in_flight import InFlight
from shared.loops import REST, Loop
from shared.mongo.migrations import migrations_in
from shared.service import Floor, build, open_floor, run
from shared.tenants import Tenants


@dataclass(frozen=True, slots=True)
class Resources:
    """What moderation stands on."""

    floor: Floor
    settings: Settings
    judge: Judge
    interactions: Interactions
    cases: Cases
    authors: Authors
    policies: Policies
    house_rules: HouseRules
    epochs: Epochs
    answers: Answers
    fetches: InFlight


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    """Opened once a process, closed in reverse order: fetches under way are waited for before anything closes."""
    async with open_floor(settings, "moderation") as floor, assemble(settings, floor) as resources:
        await furnish(resources)
        await resources.cases.take_back(settings.instance)
        yield resources


async def furnish(resources: Resources) -> None:
    """Make the stores ready, and read what every process holds in memory."""
    database = resources.floor.database
    await database.migrate(migrations_in("services.moderation.migrations"))
    await database.ensure_indexes()
    await RulesRefreshing(resources.house_rules, resources.epochs).refresh()


@asynccontextmanager
async def assemble(settings: Settings, floor: Floor) -> AsyncIterator[Resources]:
    """What stands on the floor; no engine is asked."""
    database, policies = floor.database, Policies(floor.database)
    stores = Interactions(database), Cases(database), Authors(database)
    house_rules, epochs, answers = HouseRules(policies), Epochs(database), Answers(database)
    async with InFlight.open(settings.fetches_at_once, settings.fetches_at_once_per_brand) as fetches:
        yield Resources(floor, settings, LexiconJudge(), *stores, policies, house_rules, epochs, answers, fetches)


def handlers(resources: Resources) -> list[Handler]:
    """What is done about each event about an interaction."""
    interactions, cases, database = resources.interactions, resources.cases, resources.floor.database
    judgement = Judgement(
        resources.judge,
        interactions,
        cases,
        resources.authors,
        resources.house_rules,
        Revisions(database, interactions, cases, resources.authors, resources.settings.media_seconds),
        resources.floor.directory,
        resources.epochs,
        resources.settings,
    )
    return [
        bind(on_interaction_received.handle_batch, judgement=judgement),
        bind(on_interaction_edited.handle_batch, judgement=judgement),
        bind(on_interaction_deleted.handle_batch, burial=Burial(database, interactions, cases, resources.authors)),
        bind(on_interaction_visibility_changed.handle_batch, interactions=interactions),
    ]


def create_app(resources: Resources) -> FastAPI:
    """The table of contents."""
    floor, settings, database = resources.floor, resources.settings, resources.floor.database
    interactions, cases, authors = resources.interactions, resources.cases, resources.authors
    house_rules, epochs, answers = resources.house_rules, resources.epochs, resources.answers
    desk = Desk(database, interactions, cases, authors, answers, settings, epochs)
    chancery = policy_routes.Chancery(database, resources.policies, house_rules, floor.directory, answers)
    archive = evidence_routes.Archive(database, cases)
    trials = trial_routes.Trials(chancery, resources.judge, interactions, authors, settings)
    media = MediaFetching(database, interactions, cases, floor.egress, resources.fetches, settings)
    tenants = Tenants(database)
    asked = [bind(module.handle, tenants=tenants) for module in (on_erasure_asked, on_export_asked)]
    erasing = persons(database)
    asked.append(bind(on_person_erasure_asked.handle, persons=erasing))
    fetching = Loop("fetch_media", 0.3, media.fetch_one, rest=REST)
    database.committed.listen(fetching.wake)
    cases.opened.listen(fetching.wake)
    resources.fetches.ended.listen(fetching.wake)
    claims, refreshing = ClaimsReleasing(database, cases), RulesRefreshing(house_rules, epochs)
    return build(
        floor,
        routers=[
            case_routes.routes(Deciding(desk)),
            evidence_routes.routes(archive),
            policy_routes.routes(chancery),
            trial_routes.routes(trials),
        ],
        consumers=[
            floor.consumer([Lane(INTERACTIONS), Lane(REQUESTS, 0.1)], [*handlers(resources), *asked]),
            floor.consumer(
                [Lane(ACTIONS)],
                [bind(on_action_taken.handle_batch, cases=cases), bind(on_action_failed.handle_batch, cases=cases)],
                part="actions",
            ),
        ],
        loops=[
            fetching,
            Loop("release_claims", 2.0, claims.release_run_out, lease="release_claims"),
            Loop("refresh_rules", settings.refresh_seconds, refreshing.refresh),
            tenants.loop(),
            erasing.loop(),
        ],
    )


if __name__ == "__main__":
    run(Settings, open_resources, create_app, assemble)
