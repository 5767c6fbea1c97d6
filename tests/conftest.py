"""What every test may ask for: real engines, started once, and ids that no other test uses."""

import fcntl
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings

from parvis.engines.local import Addresses, LocalEngines
from parvis.settings import ToolSettings
from shared.events.topics import ALL

HOME = Path(__file__).parents[1] / ".parvis" / "tests"
PARTITIONS = 6
# Examples are about answers, not about how busy the machine is.
settings.register_profile("parvis", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("parvis")

REACHES_MONGO = frozenset({"mongo_uri", "database", "stage", "fragile", "platform"})


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Marks `by_driver` what reaches MongoDB by the driver that PARVIS_MONGO_DRIVER names: it is run with each of them.

    What asks for `driver` runs with both in one go already.
    """
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if asked & REACHES_MONGO and "driver" not in asked:
            item.add_marker("by_driver")


@pytest.fixture(scope="session")
def engines() -> Iterator[Addresses]:
    """Kafka and MongoDB: those of PARVIS_KAFKA and PARVIS_MONGO, else local ones apart from any demo's.

    Of several test runs at once the last to end stops the local ones.
    """
    local = LocalEngines(ToolSettings(home=HOME))
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "in-use").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        yield local.start()
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        local.stop()


@pytest.fixture(scope="session")
async def kafka(engines: Addresses) -> str:
    """Bootstrap servers of a Kafka that has the catalogue's topics."""
    from shared.bus.topics import create_topics

    await create_topics(engines.kafka, ALL, PARTITIONS)
    return engines.kafka


@pytest.fixture(scope="session")
def mongo_uri(engines: Addresses) -> str:
    """The URI of a MongoDB replica set."""
    return engines.mongo


@pytest.fixture
def agency_id() -> str:
    """An agency that nobody else knows."""
    return str(uuid4())


@pytest.fixture
def brand_id() -> str:
    """A brand that nobody else knows."""
    return str(uuid4())
