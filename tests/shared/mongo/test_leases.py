"""One at a time, by the server's clock, and the late one is refused."""

import asyncio

import pytest

from shared.errors import LeaseLost
from shared.mongo.client import Mongo
from shared.mongo.database import Database
from shared.mongo.leases import Lease
from shared.mongo.transactions import Transaction


async def write_under(lease: Lease, database: Database, name: str) -> None:
    """A write that only the holder may do."""

    async def work(tx: Transaction) -> None:
        await lease.guard(tx)
        await database.system("things").insert({"_id": name}, tx=tx)

    await database.transact(work)


async def test_two_want_it_and_one_has_it(database: Database) -> None:
    """The second gets it when the first gives it back, under a higher fence."""
    first, second = database.lease("job"), database.lease("job")
    fence = await first.acquire()
    assert fence is not None
    assert await second.acquire() is None
    assert await first.renew()
    await first.release()
    assert not await first.renew()
    assert await second.acquire() == fence + 1
    assert await database.lease("another job").acquire() is not None


async def test_many_begin_at_once(database: Database) -> None:
    """Of twenty that start together on a fresh database exactly one is given the lease."""
    fences = await asyncio.gather(*(database.lease("job").acquire() for _ in range(20)))
    assert sorted(fence for fence in fences if fence is not None) == [1]


async def test_a_late_holders_write_is_refused(database: Database) -> None:
    """One who slept past its lease wakes up to another's: what it meant to write is not written."""
    sleeper, successor = database.lease("job"), database.lease("job")
    await sleeper.acquire(seconds=0.2)
    await write_under(sleeper, database, "in time")
    await asyncio.sleep(0.3)
    fence = await successor.acquire()
    assert fence == (sleeper.fence or 0) + 1
    with pytest.raises(LeaseLost):
        await write_under(sleeper, database, "too late")
    assert not await sleeper.renew()
    await sleeper.release()
    await write_under(successor, database, "successor's")
    assert sorted(await database.system("things").distinct("_id", {})) == ["in time", "successor's"]


async def test_the_next_process_of_a_name_waits_for_no_dead_one(mongo: Mongo, database: Database) -> None:
    """It takes over at once under a higher fence, which refuses what the dead one still writes; others wait."""
    dead, successor, other = (mongo.database(database.name, member=member) for member in ("0", "0", "1"))
    before, lease = dead.lease("job"), successor.lease("job")
    fence = await before.acquire(seconds=300)
    assert fence is not None
    assert await other.lease("job").acquire() is None
    assert await lease.acquire(seconds=300) == fence + 1
    with pytest.raises(LeaseLost):
        await write_under(before, database, "too late")
    await before.release()
    assert await other.lease("job").acquire() is None
    await write_under(lease, database, "successor's")


async def test_a_kept_lease_outlives_its_seconds(database: Database) -> None:
    """Long work keeps its lease alive, and leaves it free for the next."""
    worker, other = database.lease("job"), database.lease("job")
    rows = database.system("leases")
    await worker.acquire(seconds=6)
    (before,) = await rows.find({})
    async with asyncio.timeout(30), worker.kept(seconds=6):
        while not await rows.find({"until": {"$gt": before["until"]}}):  # noqa: ASYNC110 - only the row tells
            await asyncio.sleep(0.05)
        assert await other.acquire() is None
    assert await other.acquire() is not None
