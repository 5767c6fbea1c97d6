"""Real engines, and for each test a topic, a group and a database of its own."""

import os
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from parvis.engines.local import Addresses
from shared.bus.producer import Producer
from shared.mongo.client import Mongo
from shared.mongo.database import Database
from tests.shared.bus.stage import Stage
from tests.stores import Stores


@pytest.fixture(scope="session")
async def mongo(engines: Addresses) -> AsyncIterator[Mongo]:
    """A client of the shared server, by the driver that the environment names."""
    async with Mongo.open(engines.mongo, os.environ.get("PARVIS_MONGO_DRIVER", "motor")) as opened:
        yield opened


@pytest.fixture(scope="session")
async def producer(engines: Addresses) -> AsyncIterator[Producer]:
    """A producer for all tests."""
    async with Producer.open(engines.kafka, source="/testing") as opened:
        yield opened


@pytest.fixture
async def database(mongo: Mongo, stores: Stores) -> AsyncIterator[Database]:
    """A database of the test's own."""
    fresh = mongo.database(f"test_{uuid4().hex[:12]}", "/testing")
    yield fresh
    stores.drop(fresh.name)


@pytest.fixture
async def stage(engines: Addresses, producer: Producer, database: Database) -> AsyncIterator[Stage]:
    """A topic of three partitions, and all that a story about it needs."""
    ready = Stage(engines.kafka, producer, database)
    await ready.open()
    yield ready
    await ready.close()
