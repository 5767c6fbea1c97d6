"""A service that is killed is back at work before anybody has to be told."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from parvis.platform import Platform, running
from tests.chaos.killer import Death, Killer
from tests.chaos.run import SHIFT, private_engines
from tests.flows.town import Brand, found_brand

HEARING = ("ingest", "moderation", "insights", "publisher", "console")  # what people say; the others hear of it later
# Seconds. A member that is not static waits for what is left of the dead one's session: for 12 at least, every time.
SOON = 5.0
TRIES, ENOUGH = 3, 2  # a machine that does something else for a moment is late once
BREATH = 3.0  # seconds between two deaths


@pytest.fixture(scope="module")
async def platform(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    """Every service, with nothing else to do than what is asked of it here."""
    home = tmp_path_factory.mktemp("killed")
    engines = private_engines(home)
    addresses = await asyncio.to_thread(engines.start)
    try:
        async with running(addresses, home, shift=SHIFT, within=150) as platform:
            yield platform
    finally:
        await asyncio.to_thread(engines.stop)


@pytest.mark.parametrize("service", HEARING)
async def test_a_killed_service_handles_messages_again_within_five_seconds(platform: Platform, service: str) -> None:
    """kill -9 while people go on talking, and a new process works in its place: members are static."""
    brand, deaths = await found_brand(platform), list[Death]()
    talking = asyncio.create_task(_talk(brand))
    try:
        while len(deaths) < TRIES and _soon(deaths) < ENOUGH:
            await asyncio.sleep(BREATH)
            deaths.append(await Killer(platform).service(service))
    finally:
        talking.cancel()
    assert _soon(deaths) >= ENOUGH, deaths


def _soon(deaths: list[Death]) -> int:
    return sum(death.recovered is not None and death.recovered <= SOON for death in deaths)


async def _talk(brand: Brand) -> None:
    number = 0
    while True:
        number += 1
        await brand.hears(f"La boutique du port est-elle ouverte le {number} ?", f"Camille {number}")
        await asyncio.sleep(0.2)
