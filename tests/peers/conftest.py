"""The real networks, started when nobody has: what runs already is used as it is and left running."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from parvis.peers.command import PEERS, is_running, start_peers, stop_peers
from parvis.peers.failures import PeerUnavailable
from shared.egress import Egress
from shared.settings import FloorSettings
from tests.peers.blog import Blog
from tests.peers.sky import Sky

INSTALLING = 480


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first story waits for half a gigabyte of packages."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(INSTALLING))


@pytest.fixture(scope="session")
def peers() -> Iterator[dict[str, dict[str, Any]]]:
    """Addresses and test accounts of both; a machine that cannot have them skips, unless CI is set."""
    ours = [name for name in PEERS if not is_running(name)]
    try:
        started = start_peers()
    except PeerUnavailable as trouble:
        stop_peers(ours)
        if os.environ.get("CI"):
            raise
        pytest.skip(str(trouble))
    yield started
    stop_peers(ours)


@pytest.fixture(scope="session")
def allowed(peers: dict[str, dict[str, Any]]) -> tuple[str, ...]:
    """The peers' addresses for the egress allow-list."""
    urls = (peers["wordpress"]["url"], peers["bluesky"]["pds"])
    return tuple(url.removeprefix("http://") for url in urls)


@pytest.fixture(scope="session")
async def egress(allowed: tuple[str, ...]) -> AsyncIterator[Egress]:
    """The one way out, as a service has it."""
    settings = FloorSettings(kafka="unused", mongo="unused", egress_allow=allowed)
    async with Egress.open(settings) as egress:
        yield egress


@pytest.fixture(scope="session")
def blog(peers: dict[str, dict[str, Any]]) -> Blog:
    """The WordPress, as its visitors and its staff use it."""
    return Blog(peers["wordpress"])


@pytest.fixture(scope="session")
def sky(peers: dict[str, dict[str, Any]]) -> Sky:
    """The Bluesky network, as its other people use it."""
    return Sky(peers["bluesky"])
