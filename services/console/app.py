"""Console: what it reads, serves and does by the clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.console import assets
from services.console.alert_desk import AlertDesk
from services.console.answers import shape_answers
from services.console.api import campaigns as campaign_api
from services.console.api import commands, crm, directory, holds, members, reads, summary, tenants
from services.console.api import people as people_api
from services.console.bells import Bells
from services.console.browsers import Browsers
from services.console.consuming import handlers, lanes
from services.console.loops.read_ops import OpsReader
from services.console.loops.restate import Restater
from services.console.loops.ring import Ringer
from services.console.loops.tell_gates import Teller
from services.console.owners import Owners
from services.console.pages import (
    account,
    alert_hooks,
    alerts,
    audit,
    calendar,
    campaigns,
    channels,
    composer,
    composer_acts,
    evidence,
    hold,
    inbox,
    inbox_acts,
    insights,
    join,
    live,
    member,
    moderation,
    operations,
    people,
    posts,
    rules,
    second_step,
    sign_in,
    today,
    undoing,
)
from services.console.pages import crm as crm_pages
from services.console.pages import members as member_pages
from services.console.passwords import Passwords
from services.console.resources import Resources
from services.console.second_step import SecondStep
from services.console.settings import Settings
from services.console.store.accounts import Accounts
from services.console.store.arrivals import Arrivals
from services.console.store.audit import Audit
from services.console.store.campaigns import Campaigns
from services.console.store.contacts import Contacts
from services.console.store.directory import DirectoryStore
from services.console.store.erasures import Erasures
from services.console.store.health import Health
from services.console.store.holds import Holds
from services.console.store.inbox import Inbox
from services.console.store.invitations import Invitations
from services.console.store.keys import BrandKeys
from services.console.store.measures import Measures
from services.console.store.members import Members
from services.console.store.membership import Membership
from services.console.store.memory import FAMILIES, Memory
from services.console.store.people import People
from services.console.store.persons import persons
from services.console.store.posts import Posts
from services.console.store.requests import Requests
from services.console.store.series import Series
from services.console.store.sessions import Sessions
from services.console.store.signals import Signals
from services.console.store.threads import Threads
from services.console.store.throttle import Throttle
from services.console.store.webhooks import Webhooks
from services.console.templating import Pages
from shared.epochs import Epochs
from shared.events.topics import DIRECTORY
from shared.loops import Loop
from shared.mongo.migrations import migrations_in
from shared.networks.registry import open_networks
from shared.recalling import Recall
from shared.service import Floor, build, open_floor, run
from shared.tenants import Tenants

PAGES = (
    *(sign_in, join, second_step, account),
    *(today, inbox, inbox_acts, moderation, evidence, rules),
    *(calendar, posts, composer, composer_acts, campaigns, insights, people),
    *(channels, crm_pages, operations, hold, audit, alert_hooks, alerts, member_pages, member, undoing, live),
)
API = (directory, members, commands, reads, summary, crm, campaign_api, tenants, people_api, holds)


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    """Opened once a process, closed in reverse order."""
    async with open_floor(settings, "console") as floor, assemble(settings, floor) as made:
        await floor.database.migrate(migrations_in("services.console.migrations"))
        await floor.database.ensure_indexes()
        async with Ringer(floor.database, made.bells).following():
            yield made


@asynccontextmanager
async def assemble(settings: Settings, floor: Floor) -> AsyncIterator[Resources]:
    """What stands on the floor; no engine is asked."""
    async with Owners.open(settings.services, floor.keys.commands_private, floor.clock) as owners:
        yield furnish(settings, floor, owners)


def furnish(
    settings: Settings, floor: Floor, owners: Owners, pages: Pages | None = None, passwords: Passwords | None = None
) -> Resources:
    """All that the routes work with, on a floor; templates and the decoy among passwords are costly to make twice."""
    database, files = floor.database, assets.Assets.load()
    members, log = Members(database), Audit(database)
    membership = Membership(database, log, floor.new_id)
    stops, brands = Holds(database, log), DirectoryStore(database, members)
    pages, health, inbox = pages or Pages(files), Health(database), Inbox(database)
    return Resources(
        settings=settings,
        floor=floor,
        assets=files,
        pages=pages,
        passwords=passwords or Passwords(),
        second_step=SecondStep(floor.keys.commands_private),
        browsers=Browsers(floor.keys.commands_private),
        networks=open_networks(floor.egress),
        owners=owners,
        bells=Bells(floor.clock),
        members=members,
        membership=membership,
        invitations=Invitations(database, membership),
        accounts=Accounts(database, membership),
        sessions=Sessions(database, idle=settings.idle, absolute=settings.absolute),
        throttle=Throttle(database),
        directory=brands,
        inbox=inbox,
        arrivals=Arrivals(database, inbox),
        posts=Posts(database),
        measures=Measures(database),
        series=Series(database),
        people=People(database),
        signals=Signals(database),
        threads=Threads(database),
        health=health,
        holds=stops,
        teller=Teller(owners, stops, floor.new_id),
        audit=log,
        webhooks=Webhooks(database),
        contacts=Contacts(database),
        campaigns=Campaigns(database),
        keys=BrandKeys(database),
        requests=Requests(database, brands),
        erasures=Erasures(database),
        persons=persons(database),
        tenants=Tenants(database, kept_back=frozenset({"brandKeys"})),
        alerting=AlertDesk.furnish(settings, floor, brands, health, pages),
    )


def create_app(console: Resources) -> FastAPI:
    """The table of contents."""
    floor, settings = console.floor, console.settings
    app = build(
        floor,
        routers=[
            assets.routes(console.assets),
            *(one.router for one in (*PAGES, *API)),
        ],
        consumers=[floor.consumer(lanes(console), handlers(console))],
        loops=loops(console),
        recalls=[recall(console)],
    )
    app.state.console = console
    return shape_answers(app, settings)


def recall(console: Resources) -> Recall:
    """What a restored store has forgotten of the directory."""
    memory = Memory(console.directory, console.holds, console.floor.clock)
    return Recall(DIRECTORY, FAMILIES, Epochs(console.floor.database), memory.recall)


def loops(console: Resources) -> list[Loop]:
    """What the clock drives."""
    ops = OpsReader(console.owners, console.health, tuple(console.settings.services), console.floor.clock)
    ringer = Ringer(console.floor.database, console.bells)
    floor = console.floor
    restater = Restater(floor.database, floor.directory, console.directory, console.requests, floor.clock)
    return [
        Loop("read_ops", console.settings.ops_seconds, ops.read_all),
        Loop("ring", 2.0, ringer.poll),
        console.tenants.loop(),
        console.persons.loop(),
        Loop("repeat_erasures", 10.0, console.requests.repeat, lease="repeat_erasures"),
        Loop("seek_rest", 10.0, console.erasures.seek_rest, lease="seek_rest"),
        Loop("link_audit", 1.0, console.audit.link_waiting, lease="link_audit"),
        Loop("restate", 30.0, restater.look, lease="restate"),
        Loop("tell_gates", 1.0, console.teller.tell_due),
        *console.alerting.loops(console.settings.alert_look_seconds),
    ]


if __name__ == "__main__":
    run(Settings, open_resources, create_app, assemble)
