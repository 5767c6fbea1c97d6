"""One street for all stories about gates."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.gates.street import Estate, Street, open_street


@pytest.fixture(scope="package")
async def street(kafka: str, mongo_uri: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    """Every service, consumers and loops running."""
    folder: Path = tmp_path_factory.mktemp("street")
    async with open_street(kafka, mongo_uri, folder) as street:
        yield street


@pytest.fixture(scope="package")
async def ours(street: Street) -> Estate:
    """A brand."""
    return await street.settle("ours")


@pytest.fixture(scope="package")
async def theirs(street: Street) -> Estate:
    """Another agency's brand."""
    return await street.settle("theirs")


@pytest.fixture(scope="package")
async def spare(street: Street) -> Estate:
    """A brand that nobody minds if it is spoilt."""
    return await street.settle("spare")
