"""A real Chromium before a whole platform: an agency with one brand on simulated networks, and its people."""

import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Browser, async_playwright

from parvis.engines.local import Addresses
from parvis.platform import Platform, connect, running
from tests import seats
from tests.browser.desk import PASSWORD, PICTURES, Desk, Town

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUICK = {
    "insights": {"INSIGHTS_LOOK_SECONDS": "1"},
    "publisher": {"PUBLISHER_LOOKS": "0.2,1,3", "PUBLISHER_REQUEST_TIMEOUT": "5"},
    "campaigns": {  # what a week's reports are for is known after some seconds
        "CAMPAIGNS_REPORT_SECONDS": "1",
        "CAMPAIGNS_LATE_DAYS": "0.00005",
        "CAMPAIGNS_CONCLUDE_SECONDS": "0.5",
    },
    "ingest": {"INGEST_FACEBOOK_POLL_SECONDS": "5", "INGEST_MASTODON_POLL_SECONDS": "3"},
}
OpenDesk = Callable[..., "AsyncIterator[Desk]"]


@pytest.fixture(scope="package")
def chromium() -> str:
    """Where Chromium is; without one these tests are skipped, or fail where `CI` is set."""
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say("no Chromium on this machine: apt-get install chromium")
    return str(found)


@pytest.fixture(scope="package")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """One browser for all."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture(scope="package")
async def platform(engines: Addresses, kafka: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    """Every service in its own process, the undo window as long as people have it."""
    home: Path = tmp_path_factory.mktemp("browser")
    async with running(engines, home, env=QUICK, shift=seats.shift(), within=150) as platform:
        yield platform


@pytest.fixture(scope="package")
async def town(platform: Platform) -> Town:
    """A brand that needs no second person for its posts, on a Facebook Page and a Mastodon account."""
    mark = uuid4().hex[:8]
    agency, brand = f"ag-{mark}", f"br-{mark}"
    await platform.api.agency(agency, name="Atelier Passerelle")
    await platform.api.brand(brand, agency_id=agency, name="Kerlann", timezone="Europe/Paris", approval="none")
    accounts = {}
    for network in ("facebook", "mastodon"):
        accounts[network] = await platform.simulator.account(network, f"Kerlann {mark}")
        await connect(platform, brand, accounts[network])
    for login, name, role in (("ines", "Inès Bellec", "admin"), ("tom", "Tom Whitfield", "moderator")):
        member = {"name": name, "agency_id": agency, "password": PASSWORD, "roles": {brand: role}, "language": "en"}
        await platform.api.member(f"{login}-{mark}", **member)
    return Town(platform, brand, mark, accounts)


@pytest.fixture(scope="package")
def cookies() -> dict[str, list[Any]]:
    """Those of each person who has signed in once."""
    return {}


@pytest.fixture
async def sit(town: Town, browser: Browser, cookies: dict[str, list[Any]]) -> AsyncIterator[Callable[..., "Desk"]]:
    """Opens desks: a person before a browser window, in a browser that nobody has used, where only the first desk of
    a person has to sign in. What the browser complained of fails the story."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as opened:
        desks: list[Desk] = []

        async def open_desk(login: str = "ines", width: int = 1280, height: int = 800, **more: str) -> Desk:
            context = await browser.new_context(viewport={"width": width, "height": height}, locale="en-GB", **more)
            opened.push_async_callback(context.close)
            desk = Desk(await context.new_page(), town)
            desks.append(desk)
            if login in cookies:
                await context.add_cookies(cookies[login])
                await desk.go("/all/inbox")
            else:
                await desk.sign_in(login)
                cookies[login] = await context.cookies()
            return desk

        yield open_desk
        assert [complaint for desk in desks for complaint in desk.complaints] == []
