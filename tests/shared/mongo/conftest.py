"""Fresh databases on the shared server, and private servers, by each driver."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from shared.mongo.client import Mongo
from shared.mongo.database import Database
from tests.shared.mongo.private_server import PrivateServer

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
async def database(mongo: Mongo) -> AsyncIterator[Database]:
    """A database of the test's own."""
    fresh = mongo.database(f"test_{uuid4().hex[:12]}", "/testing")
    await fresh.ensure_indexes()
    yield fresh
    await fresh.drop()


@pytest.fixture
async def private_server(tmp_path: Path) -> AsyncIterator[PrivateServer]:
    """A server that the test may kill."""
    server = PrivateServer(tmp_path)
    await server.start()
    yield server
    server.kill()
