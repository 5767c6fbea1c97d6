"""Fresh databases on the shared server, and a server that may be killed, by each driver."""

import os
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest

from shared.mongo.client import Mongo
from shared.mongo.database import Database
from tests.shared.mongo.private_server import PrivateServer
from tests.stores import Stores

CHOSEN = os.environ.get("PARVIS_MONGO_DRIVER")


@pytest.fixture(scope="session", params=[CHOSEN] if CHOSEN else ["motor", "pymongo"])
def driver(request: pytest.FixtureRequest) -> str:
    """The one driver that the environment names, or both in turn."""
    return str(request.param)


@pytest.fixture(scope="session")
async def mongo(mongo_uri: str, driver: str) -> AsyncIterator[Mongo]:
    """A client of the shared server."""
    async with Mongo.open(mongo_uri, driver) as opened:
        yield opened


@pytest.fixture
async def database(mongo: Mongo, stores: Stores) -> AsyncIterator[Database]:
    """A database of the test's own."""
    fresh = mongo.database(f"test_{uuid4().hex[:12]}", "/testing")
    await fresh.ensure_indexes()
    yield fresh
    stores.drop(fresh.name)


@pytest.fixture(scope="package")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateServer]:
    """A server that nobody else uses."""
    server = PrivateServer(tmp_path_factory.mktemp("mortal"))
    yield server
    server.kill()


@pytest.fixture
async def private_server(mortal: PrivateServer) -> AsyncIterator[PrivateServer]:
    """A running server that the test may freeze or kill."""
    await mortal.start()
    yield mortal
    mortal.thaw()


@pytest.fixture
def name() -> str:
    """A database that no other test has."""
    return f"test_{uuid4().hex[:12]}"
