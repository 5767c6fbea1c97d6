"""All that console's routes, handlers and loops work with, opened once by `app.open_resources`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from services.console.alert_desk import AlertDesk
from services.console.assets import Assets
from services.console.bells import Bells
from services.console.browsers import Browsers
from services.console.loops.tell_gates import Teller
from services.console.owners import Owners
from services.console.passwords import Passwords
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
from services.console.store.people import People
from services.console.store.posts import Posts
from services.console.store.requests import Requests
from services.console.store.series import Series
from services.console.store.sessions import Sessions
from services.console.store.signals import Signals
from services.console.store.threads import Threads
from services.console.store.throttle import Throttle
from services.console.store.webhooks import Webhooks
from services.console.templating import Pages
from shared.persons import Persons
from shared.service import Floor
from shared.tenants import Tenants


@dataclass(frozen=True, slots=True)
class Resources:
    """One field a thing; nothing is opened after start."""

    settings: Settings
    floor: Floor
    assets: Assets
    pages: Pages
    passwords: Passwords
    second_step: SecondStep
    browsers: Browsers
    networks: Mapping[str, Any]
    owners: Owners
    bells: Bells
    members: Members
    membership: Membership
    invitations: Invitations
    accounts: Accounts
    sessions: Sessions
    throttle: Throttle
    directory: DirectoryStore
    inbox: Inbox
    arrivals: Arrivals
    posts: Posts
    measures: Measures
    series: Series
    people: People
    signals: Signals
    threads: Threads
    health: Health
    holds: Holds
    teller: Teller
    audit: Audit
    webhooks: Webhooks
    contacts: Contacts
    campaigns: Campaigns
    keys: BrandKeys
    requests: Requests
    erasures: Erasures
    persons: Persons
    tenants: Tenants
    alerting: AlertDesk


def resources(request: Request) -> Resources:
    """What `app.create_app` put there."""
    found: Resources = request.app.state.console
    return found


Console = Annotated[Resources, Depends(resources)]
