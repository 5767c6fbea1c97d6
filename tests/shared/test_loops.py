"""What the clock drives goes on whatever happens to one run, and where it must it runs in one place only."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from uuid import uuid4

import pytest

from shared.errors import Unavailable
from shared.loops import Loop
from shared.mongo.client import Mongo
from shared.mongo.database import Database
from tests.shared.bus.stage import until


@pytest.fixture
async def database(mongo_uri: str) -> AsyncIterator[Database]:
    """A database of its own."""
    async with Mongo.open(mongo_uri, os.environ.get("PARVIS_MONGO_DRIVER", "motor")) as mongo:
        database = mongo.database(f"parvis_test_{uuid4().hex[:12]}")
        yield database
        await database.drop()


@asynccontextmanager
async def going(loop: Loop, database: Database) -> AsyncIterator[asyncio.Task[None]]:
    """The loop runs inside, and has ended after."""
    task = asyncio.create_task(loop.run(database))
    yield task
    loop.stop()
    async with asyncio.timeout(30):
        await task


async def test_again_and_again(database: Database) -> None:
    """Work runs each period, and at once while there is more."""
    answers = iter([3, True, 0])
    runs: list[float] = []

    async def work() -> int:
        runs.append(time.monotonic())
        return next(answers, 0)

    async with going(Loop("again", 60, work), database):
        await until(lambda: len(runs) == 3)
    async with going(Loop("and again", 0.2, work), database):
        await until(lambda: len(runs) == 5)
    assert runs[4] - runs[3] >= 0.2


async def test_woken(database: Database) -> None:
    """A wake runs it now; one during a run causes one more run."""
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        if runs == 2:
            loop.wake()

    loop = Loop("woken", 60, work)
    async with going(loop, database):
        await until(lambda: runs == 1)
        loop.wake()
        await until(lambda: runs == 3)
        await asyncio.sleep(0.05)
    assert runs == 3


async def test_it_rests_until_somebody_gives_it_work(database: Database) -> None:
    """With a rest it asks nobody in between; woken again and again, its runs are still a period apart."""
    runs: list[float] = []

    async def work() -> None:
        runs.append(time.monotonic())

    loop = Loop("resting", 0.1, work, rest=60)
    async with going(loop, database):
        await until(lambda: len(runs) == 1)
        await asyncio.sleep(0.3)
        assert len(runs) == 1
        while len(runs) < 4:
            loop.wake()
            await asyncio.sleep(0.005)
    assert all(later - earlier >= 0.1 for earlier, later in pairwise(runs))


async def test_its_rest_ends_when_something_is_due(database: Database) -> None:
    """Nobody wakes it for what was planned; where that cannot be asked, the run has failed, and comes again."""
    runs, due_in = 0, iter([0.05, 0.05, ValueError("odd"), None])

    async def work() -> None:
        nonlocal runs
        runs += 1

    async def ahead() -> float | None:
        told = next(due_in)
        if isinstance(told, Exception):
            raise told
        return told

    async with going(Loop("planned", 0.01, work, rest=60, ahead=ahead), database):
        await until(lambda: runs == 4)
        await asyncio.sleep(0.1)
        assert runs == 4


async def test_a_failure_is_counted_and_the_pause_grows(database: Database) -> None:
    """What a run raises is told to operators without secrets; the next tries come later and later."""
    runs: list[float] = []

    async def work() -> None:
        runs.append(time.monotonic())
        if len(runs) == 1:
            raise Unavailable("kafka")
        if len(runs) == 2:
            raise ValueError("Bearer planted-planted")

    loop = Loop("failing", 0.01, work)
    async with going(loop, database):
        await until(lambda: len(runs) == 1)
        loop.wake()
        await until(lambda: len(runs) == 2)
        told = loop.stats()
        assert told["failures"] == 2
        assert told["last_error"].startswith("ValueError")
        assert "planted" not in told["last_error"]
        await asyncio.sleep(0.1)
        assert len(runs) == 2
        loop.wake()
        await until(lambda: loop.stats()["failures"] == 0)
        assert loop.stats()["last_error"] == ""


async def test_a_run_that_never_ends_is_not_alive(database: Database) -> None:
    """A run over its bound makes the process not alive; stopping waits for a run, and a cancel ends it."""
    started = asyncio.Event()

    async def work() -> None:
        started.set()
        await asyncio.sleep(60)

    loop = Loop("stuck", 1, work, stuck_after=1.0)
    task = asyncio.create_task(loop.run(database))
    await started.wait()
    assert loop.stuck is None
    await until(lambda: loop.stuck is not None)
    loop.stop()
    await asyncio.sleep(0.02)
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_one_holder_and_a_successor(database: Database) -> None:
    """Of two processes one runs the loop; when it stops the other takes over at its next look."""
    ran: list[str] = []

    def worker(name: str) -> Loop:
        async def work() -> None:
            ran.append(name)

        return Loop("single", 0.02, work, lease="single")

    first, second = worker("first"), worker("second")
    async with going(first, database):
        await until(lambda: ran.count("first") > 2)
        async with going(second, database):
            await until(lambda: ran.count("first") > 6)
            assert "second" not in ran
            first.stop()
            await until(lambda: "second" in ran, patience=15)  # a lease that is not given back is free after 30


async def test_a_lease_that_was_lost(database: Database) -> None:
    """A holder that slept through its lease notices before its next run, and leaves the work to the new holder."""
    ran = 0

    async def work() -> None:
        nonlocal ran
        ran += 1

    loop = Loop("stolen", 0.02, work, lease="stolen")
    leases = database.system("leases")
    async with going(loop, database):
        await until(lambda: ran > 2)
        await leases.update({"_id": "stolen"}, {"$set": {"holder": "another"}, "$inc": {"fence": 1}})
        loop._renewed -= 10  # as if ten seconds had passed since it last asked
        await asyncio.sleep(0.1)
        before = ran
        await asyncio.sleep(0.15)
        assert ran == before
