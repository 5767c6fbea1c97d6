"""Counters are exact: whoever is killed, replaced or restored, and whatever comes twice or in another order."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from shared.mongo.operations import InsertOne
from tests.services.insights.conftest import Insights, until
from tests.services.insights.town import amounts, stream

MANY = 120
STORE = ("interactions", "hours", "people", "progress", "parked")


@pytest.fixture(autouse=True)
async def _from_here(insights: Insights) -> None:
    await insights.reads_from_here()


async def test_killed_in_the_middle_it_counts_everything_once(insights: Insights, brand_id: str) -> None:
    """Every fact twice and shuffled; the service is killed three times while it reads them."""
    told = stream(brand_id, MANY, seed=7)
    parts = [told[place::4] for place in range(4)]
    for part in parts[:3]:
        known = await insights.known(brand_id)
        async with insights.process():
            sending = asyncio.create_task(insights.states(part))
            await until(lambda known=known: _more(insights, brand_id, known))
        await sending
    async with insights.process():
        await insights.states(parts[3])
        expected = amounts(brand_id, stream(brand_id, MANY))
        await until(lambda: _is(insights, brand_id, expected))
        await insights.reads_all()
    assert await insights.amounts(brand_id) == expected


async def test_a_restored_database_rewinds_itself(insights: Insights, brand_id: str) -> None:
    """Yesterday's copy of the database is put back: it reads on from where that copy stood, and ends the same."""
    told, expected = stream(brand_id, MANY), amounts(brand_id, stream(brand_id, MANY))
    half = len(told) // 2
    async with insights.process():
        await insights.states(told[:half])
        await until(lambda: _is(insights, brand_id, amounts(brand_id, told[:half])))
        await insights.reads_all()
    copy = await _copied(insights)
    async with insights.process():
        await insights.states(told[half:])
        await until(lambda: _is(insights, brand_id, expected))
    await _put_back(insights, copy)
    assert await insights.amounts(brand_id) != expected
    async with insights.process():
        await until(lambda: _is(insights, brand_id, expected))
        await insights.reads_all()
    assert await insights.amounts(brand_id) == expected


async def test_two_that_share_the_work_count_together(insights: Insights, brand_id: str) -> None:
    """A second process joins while the first reads: partitions move, and nothing is counted twice or left out."""
    told, expected = stream(brand_id, MANY, seed=3), amounts(brand_id, stream(brand_id, MANY))
    other = Insights(insights.resources, insights.env | {"PARVIS_INSTANCE": "1", "PARVIS_PORT": "0"})
    half = len(told) // 2
    async with insights.process():
        await insights.states(told[:half])
        await until(lambda: _more(insights, brand_id, 0))
        async with other.process():
            await insights.states(told[half:])
            await until(lambda: _is(insights, brand_id, expected))
            await insights.reads_all()
    assert await insights.amounts(brand_id) == expected


async def _more(insights: Insights, brand_id: str, than: int) -> bool:
    return await insights.known(brand_id) > than


async def _is(insights: Insights, brand_id: str, expected: object) -> bool:
    return await insights.amounts(brand_id) == expected


async def _copied(insights: Insights) -> Mapping[str, list[dict[str, Any]]]:
    database = insights.resources.floor.database
    return {name: await database.system(name).find({}) for name in STORE}


async def _put_back(insights: Insights, copy: Mapping[str, list[dict[str, Any]]]) -> None:
    for name, rows in copy.items():
        collection = insights.resources.floor.database.system(name)
        await collection.delete({})
        await collection.bulk([InsertOne(row) for row in rows])
