"""A service that is killed is back at work before anybody has to be told."""

import asyncio

import pytest

from parvis.platform import Platform
from tests.chaos.killer import Killer
from tests.flows.town import Brand, found_brand

HEARING = ("ingest", "moderation", "insights", "publisher", "console")  # what people say; the others hear of it later
SOON = 5.0  # seconds, as the design promises
TRIES = 3  # what keeps a new process from its partitions keeps it every time; a machine that is busy does not
BREATH = 3.0  # seconds between two deaths


@pytest.mark.parametrize("service", HEARING)
async def test_a_killed_service_handles_messages_again_within_five_seconds(platform: Platform, service: str) -> None:
    """kill -9, and a new process in its place, while people go on talking: static members wait for no session."""
    brand, took = await found_brand(platform), []
    talking = asyncio.create_task(_talk(brand))
    try:
        while len(took) < TRIES and (not took or took[-1] > SOON):
            await asyncio.sleep(BREATH)
            death = await Killer(platform).service(service)
            assert death.recovered is not None
            took.append(death.recovered)
    finally:
        talking.cancel()
    assert took[-1] <= SOON, took


async def _talk(brand: Brand) -> None:
    number = 0
    while True:
        number += 1
        await brand.hears(f"La boutique du port est-elle ouverte le {number} ?", f"Camille {number}")
        await asyncio.sleep(0.2)
