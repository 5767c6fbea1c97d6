"""What a storm needs: engines of its own, that may be killed; and the large one the machine for itself."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from parvis.engines.local import LocalEngines
from tests.chaos.run import private_engines

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The large storm comes last: it leaves no processor to anybody, and measures how long it takes to be back."""
    items.sort(key=lambda item: item.path == HERE / "test_storm.py")


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data, keys and logs; a second run continues what the first has left."""
    return tmp_path_factory.mktemp("chaos")


@pytest.fixture(scope="package")
async def private(home: Path) -> AsyncIterator[LocalEngines]:
    """Engines that are killed here and used nowhere else."""
    engines = private_engines(home)
    yield engines
    await asyncio.to_thread(engines.stop)
