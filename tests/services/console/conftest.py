"""A console on real engines, without its consumers; the services it sends commands to are told stories."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from pydantic import SecretStr

from parvis.letterbox.box import Box, open_box
from services.console.alert_desk import AlertDesk
from services.console.app import create_app, furnish
from services.console.assets import Assets
from services.console.owners import Owners
from services.console.passwords import Passwords
from services.console.resources import Resources
from services.console.settings import Settings
from services.console.templating import Pages
from shared.keys import create
from shared.rates import Rates
from shared.service import open_floor
from tests.services.console.alarms import Open
from tests.services.console.house import Clock, House, Neighbours
from tests.services.console.visitor import Visitor
from tests.stores import indexed

OPERATOR_KEY = "the operator's own key"


@pytest.fixture
def clock() -> Clock:
    """A clock that a story sets."""
    return Clock(datetime.now(UTC))


@pytest.fixture(scope="session")
def pages() -> Pages:
    """The templates, compiled once."""
    return Pages(Assets.load())


@pytest.fixture(scope="session")
def apps() -> list[FastAPI]:
    """The app, once there is one: to read its hundred and fifty routes anew would take longer than the story."""
    return []


@pytest.fixture
async def house(
    kafka: str, mongo_uri: str, tmp_path: Path, clock: Clock, prefix: str, pages: Pages, apps: list[FastAPI]
) -> AsyncIterator[House]:
    """One agency with two brands, its members, and a console that shows them; an empty store before it."""
    create(tmp_path / "keys")
    settings = Settings(
        kafka=kafka,
        mongo=mongo_uri,
        keys_dir=tmp_path / "keys",
        database_prefix=prefix,
        group_prefix=f"t{uuid4().hex[:12]}-",
        operator_key=OPERATOR_KEY,
        egress_allow=("127.0.0.1:1",),
    )
    neighbours = Neighbours()
    async with AsyncExitStack() as opened:
        floor = await opened.enter_async_context(open_floor(settings, "console"))
        object.__setattr__(floor, "clock", clock)
        transport = httpx.ASGITransport(app=neighbours.app)
        client = await opened.enter_async_context(httpx.AsyncClient(transport=transport))
        owners = Owners(client, settings.services, floor.keys.commands_private, clock)
        passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=64))
        console = furnish(settings, floor, owners, pages, passwords)
        await indexed(floor.database)
        house = House(console, _served(console, apps), neighbours, clock, uuid4().hex[:8], OPERATOR_KEY)
        await house.move_in()
        yield house


def _served(console: Resources, apps: list[FastAPI]) -> FastAPI:
    if not apps:
        apps.append(create_app(console))
    (app,) = apps
    app.state.console, app.state.floor, app.state.commands = console, console.floor, console.floor.commands
    app.state.rates = Rates(*console.settings.calls)
    return app


@pytest.fixture
async def visitor(house: House) -> AsyncIterator[Callable[..., Visitor]]:
    """A browser a person."""
    async with AsyncExitStack() as opened:

        def come(**headers: str) -> Visitor:
            transport = httpx.ASGITransport(app=house.app, raise_app_exceptions=False)
            client = httpx.AsyncClient(transport=transport, base_url="http://console.test", headers=headers)
            opened.push_async_callback(client.aclose)
            return Visitor(client)

        yield come


@pytest.fixture
async def ines(house: House, visitor: Callable[..., Visitor]) -> Visitor:
    """The agency's admin, signed in."""
    return await visitor().sign_in(house.login("ines"))


@pytest.fixture
async def vera(house: House, visitor: Callable[..., Visitor]) -> Visitor:
    """A viewer of the first brand alone, signed in."""
    return await visitor().sign_in(house.login("vera"))


@pytest.fixture
async def omar(house: House, visitor: Callable[..., Visitor]) -> Visitor:
    """A moderator of the second brand alone, signed in."""
    return await visitor().sign_in(house.login("omar"))


@pytest.fixture
async def box() -> AsyncIterator[Box]:
    """A mail server."""
    async with open_box() as box:
        yield box


@pytest.fixture
def desk_of(house: House, box: Box) -> Open:
    """A console's alerts, as a process that starts anew has them."""

    def furnish(**more: object) -> AlertDesk:
        console = house.console
        own = {"smtp_url": SecretStr(f"smtp+plain://127.0.0.1:{box.port}"), "alert_gap_seconds": 0.0}
        own |= {"mail_from": "Parvis <parvis@agency.example>", "public_url": "https://console.example"}
        settings = console.settings.model_copy(update=own | more)
        return AlertDesk.furnish(settings, console.floor, console.directory, console.health, console.pages)

    return furnish
