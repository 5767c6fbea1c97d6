"""Fixtures for stories on tape; imported by the conftest of each network that has one."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from parvis.peers.command import start_peers
from shared.egress import Egress
from shared.settings import FloorSettings
from tests.networks.tapes import Tape
from tests.peers.blog import Blog
from tests.peers.sky import Sky

RECORDING = bool(os.environ.get("RECORD_TAPES"))
NOBODY: dict[str, Any] = {"url": "", "people": {}, "pds": "", "accounts": {}}


@pytest.fixture(scope="session")
def peer_facts() -> dict[str, dict[str, Any]]:
    """The real networks' addresses while recording; nothing when played back."""
    return start_peers() if RECORDING else {"wordpress": NOBODY, "bluesky": NOBODY}


@pytest.fixture
def blog(peer_facts: dict[str, dict[str, Any]]) -> Blog:
    return Blog(peer_facts["wordpress"])


@pytest.fixture
def sky(peer_facts: dict[str, dict[str, Any]]) -> Sky:
    return Sky(peer_facts["bluesky"])


@pytest.fixture
async def tape(request: pytest.FixtureRequest, peer_facts: dict[str, dict[str, Any]]) -> AsyncIterator[Tape]:
    """The tape of this test."""
    name = request.node.originalname.removeprefix("test_")
    path = Path(request.path).parent / "tapes" / f"{name}.json"
    if not RECORDING:
        yield Tape.at(path, None)
        return
    urls = (peer_facts["wordpress"]["url"], peer_facts["bluesky"]["pds"])
    allowed = tuple(url.removeprefix("http://") for url in urls)
    async with Egress.open(FloorSettings(kafka="unused", mongo="unused", egress_allow=allowed)) as real:
        recorded = Tape.at(path, real)
        yield recorded
        recorded.keep()
