"""A service that is killed is back at work before anybody has to be told."""

import asyncio

import pytest

from parvis.platform import Platform
from tests.chaos.killer import Death, Killer
from tests.flows.town import Brand, found_brand

HEARING = ("ingest", "moderation", "insights", "publisher", "console")  # what people say; the others hear of it later
# Seconds. A member that is not static waits for what is left of the dead one's session: for 12 at least, every time.
SOON = 11.0
AT_ONCE = 5.0  # after its first answer: to start a process takes a busy machine longer, and says nothing of Kafka
TRIES = 3
BREATH = 3.0  # seconds between two deaths


@pytest.mark.parametrize("service", HEARING)
async def test_a_killed_service_waits_for_no_session(platform: Platform, service: str) -> None:
    """kill -9, and a new process handles messages in its place, while people go on talking: members are static."""
    brand, deaths = await found_brand(platform), list[Death]()
    talking = asyncio.create_task(_talk(brand))
    try:
        while len(deaths) < TRIES and not (deaths and _soon(deaths[-1])):
            await asyncio.sleep(BREATH)
            deaths.append(await Killer(platform).service(service))
    finally:
        talking.cancel()
    assert _soon(deaths[-1]), deaths


def _soon(death: Death) -> bool:
    assert death.recovered is not None
    assert death.answered is not None
    return death.recovered <= SOON or death.recovered - death.answered <= AT_ONCE


async def _talk(brand: Brand) -> None:
    number = 0
    while True:
        number += 1
        await brand.hears(f"La boutique du port est-elle ouverte le {number} ?", f"Camille {number}")
        await asyncio.sleep(0.2)
