"""The simulated networks in a process of their own, and our way out to them."""

from collections.abc import AsyncIterator

import pytest

from parvis.simulator.launch import running
from parvis.simulator.remote import Simulator
from shared.egress import Egress
from shared.settings import FloorSettings
from tests.networks.seats import CLIENTS, Seat, seat


@pytest.fixture(scope="session")
async def simulator() -> AsyncIterator[Simulator]:
    """One for all tests: they make accounts of their own, and faults name their account."""
    async with running() as simulator:
        yield simulator


@pytest.fixture(scope="session")
async def egress(simulator: Simulator) -> AsyncIterator[Egress]:
    """The product's own way out, which may call the simulator and nothing else here."""
    settings = FloorSettings(kafka="unused", mongo="unused", egress_allow=(simulator.address,))
    async with Egress.open(settings) as egress:
        yield egress


@pytest.fixture(params=sorted(CLIENTS))
async def here(request: pytest.FixtureRequest, simulator: Simulator, egress: Egress) -> Seat:
    """A fresh account on each simulated network in turn."""
    return await seat(request.param, simulator, egress)
