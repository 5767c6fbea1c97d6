"""A simulator of one's own, and a place for its webhooks."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from parvis.simulator.launch import running
from parvis.simulator.remote import Row, Simulator
from tests.parvis.simulator.callback import SECRET, VERIFY, Callback, callback


@pytest.fixture(scope="package")
async def simulator() -> AsyncIterator[Simulator]:
    """One for all tests here: each has accounts and an app of its own."""
    async with running() as simulator:
        await simulator.pace(first_wait=0.05, longest_wait=0.2, repeat_after=0.05)
        yield simulator


@pytest.fixture
async def hook() -> AsyncIterator[Callback]:
    async with callback() as told:
        yield told


@pytest.fixture
async def page(simulator: Simulator, hook: Callback) -> Row:
    """A Facebook Page whose changes are told to `hook`."""
    return await new_page(simulator, hook)


async def new_page(simulator: Simulator, hook: Callback, app_id: str = "") -> Row:
    app_id = app_id or f"app-{uuid4()}"
    await simulator.app(app_id, SECRET, VERIFY, callback_url=hook.url)
    return await simulator.account("facebook", f"Kerlann {uuid4()}", app_id=app_id, sector="knitwear")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder that outlives the simulator."""
    return tmp_path / "simulator"
