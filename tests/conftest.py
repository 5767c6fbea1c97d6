"""What every test may ask for: real engines, started once, and ids that no other test uses."""

import asyncio
import fcntl
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import structlog
from aiokafka.errors import GroupCoordinatorNotAvailableError
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from parvis.engines.local import Addresses, LocalEngines, quiet
from parvis.engines.lock import only_one
from parvis.settings import ToolSettings
from shared.events.topics import ALL
from tests.stores import Stores

HERE = Path(__file__).parent
HOME = HERE.parent / ".parvis" / "tests"
PARTITIONS = 6
# Examples are about answers, not about how busy the machine is.
settings.register_profile("parvis", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("parvis")
# Coloured tracebacks with their surroundings take a third of the time of stories in which much goes wrong on purpose.
PLAIN = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], PLAIN])
# To read the authorities whom TLS trusts takes 30 ms, and a thousand stories open a way out: once for each file.
read_authorities = cache(lambda file, make=httpx.create_ssl_context: make())
httpx.create_ssl_context = lambda: read_authorities(os.environ.get("SSL_CERT_FILE"))

REACHES_MONGO = frozenset({"mongo_uri", "database", "stage", "fragile", "platform"})
# A whole platform braked or killed by one story must be no other's: these are told by one worker,
PLATFORM, ON_A_PLATFORM = "platform", ("flows", "browser")
# and those that have engines and a platform of their own by another.
APART, ALONE = "apart", ("tests/flows/test_restore.py", "tests/flows/test_poison_and_outage.py")
# The street is new to Kafka and reads all that is there, seven times over: it is told while little is there. Of the
# others the long ones come first, so that no worker has much left when there is nothing more to share out.
LONG = ("services/console", "shared/mongo", "shared/bus", "shared", "services/publisher", "services/insights", "parvis")
FIRST = ("gates", PLATFORM, APART, *LONG)
# What is set up for these is a worker's: whoever is free tells the next file.
BY_FILE = ("shared/bus",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks `by_driver` what reaches MongoDB by the driver that PARVIS_MONGO_DRIVER names: it is run with each of them.

    What asks for `driver` runs with both in one go already.
    """
    items.sort(key=lambda item: FIRST.index(share) if (share := _share(item.nodeid)) in FIRST else len(FIRST))
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if asked & REACHES_MONGO and "driver" not in asked:
            item.add_marker("by_driver")


class Shares(LoadScopeScheduling):
    """Where several workers share the suite, a package with what it sets up is one worker's."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0] if (share := _share(nodeid)) in BY_FILE else share


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Shares:
    """How the suite is shared out."""
    return Shares(config, log)


def _share(nodeid: str) -> str:
    """`platform` of `tests/flows/…`, `services/crm` of `tests/services/crm/…`, `gates` of `tests/gates/…`."""
    file = nodeid.partition("::")[0]
    if file in ALONE:
        return APART
    folder, *inside = file.split("/")[1:-1] or [""]
    return PLATFORM if folder in ON_A_PLATFORM else "/".join([folder, *inside][:2])


@pytest.fixture(scope="session")
def engines() -> Iterator[Addresses]:
    """Kafka and MongoDB: those of PARVIS_KAFKA and PARVIS_MONGO, else local ones apart from any demo's.

    Each worker has its own. Of several test runs at once the last to end stops the local ones.
    """
    home = HOME / os.environ.get("PYTEST_XDIST_WORKER", "")
    home.mkdir(parents=True, exist_ok=True)
    local = LocalEngines(ToolSettings(home=home))
    with (home / "in-use").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        with only_one(HOME / "starting", quiet):  # a port is free until somebody listens on it
            addresses = local.start()
        yield addresses
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        local.stop()


@pytest.fixture(scope="session")
async def kafka(engines: Addresses) -> str:
    """Bootstrap servers of a Kafka that has the catalogue's topics, and a coordinator for groups."""
    from shared.bus.admin import open_admin
    from shared.bus.topics import create_topics

    await create_topics(engines.kafka, ALL, PARTITIONS)
    async with asyncio.timeout(30), open_admin(engines.kafka) as admin:
        while True:  # a new broker makes its topic of offsets when the first group asks
            try:
                await admin.find_coordinator("first")
            except GroupCoordinatorNotAvailableError:
                await asyncio.sleep(0.1)
            else:
                return engines.kafka


@pytest.fixture(scope="session")
def mongo_uri(engines: Addresses) -> str:
    """The URI of a MongoDB replica set."""
    return engines.mongo


@pytest.fixture(scope="session")
def stores(mongo_uri: str) -> Iterator[Stores]:
    """The databases of all tests of this worker."""
    with Stores.open(mongo_uri) as stores:
        yield stores


@pytest.fixture
def prefix(stores: Stores, request: pytest.FixtureRequest) -> str:
    """What the names of the test's databases begin with; nothing is in them yet."""
    return stores.emptied(_share(request.node.nodeid))


@pytest.fixture
def agency_id() -> str:
    """An agency that nobody else knows."""
    return str(uuid4())


@pytest.fixture
def brand_id() -> str:
    """A brand that nobody else knows."""
    return str(uuid4())
