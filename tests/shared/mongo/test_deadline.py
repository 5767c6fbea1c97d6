"""A deadline ends what the database does for a task, in whatever thread the driver does it."""

import time

import pytest

from shared.errors import DeadlinePassed
from shared.mongo.database import Database
from shared.mongo.deadline import deadline

SLOW = {"brand_id": "b", "$where": "sleep(20000) || true"}


@pytest.mark.parametrize("method", ["find", "update"])
async def test_a_slow_call_is_cut_short(database: Database, method: str) -> None:
    """While the server still answers, a call that takes too long is the work's own failure, after its time."""
    things = database.brand("things")
    await things.insert({"_id": "a", "brand_id": "b"})
    began = time.monotonic()
    with pytest.raises(DeadlinePassed), deadline(0.3):
        if method == "find":
            await things.find(SLOW)
        else:
            await things.update(SLOW, {"$set": {"late": True}})
    assert 0.2 < time.monotonic() - began < 15
    assert await things.count({"brand_id": "b", "late": True}) == 0


async def test_after_the_deadline_no_call_begins(database: Database) -> None:
    """A task whose time is over writes nothing more, and a wider deadline inside gives it no more time."""
    things = database.brand("things")
    with deadline(0), deadline(60), pytest.raises(DeadlinePassed):
        await things.insert({"_id": "a", "brand_id": "b"})
    await things.insert({"_id": "after", "brand_id": "b"})
    assert await things.distinct("_id", {"brand_id": "b"}) == ["after"]
