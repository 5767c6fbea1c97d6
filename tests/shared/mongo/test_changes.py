"""Doorbells ring where something changed, and only there."""

import asyncio
from contextlib import aclosing

from shared.mongo.changes import Doorbell
from shared.mongo.database import Database
from shared.mongo.operations import InsertOne, UpdateOne

ANY = Doorbell(None, None)


async def test_every_kind_of_change_rings(database: Database) -> None:
    """Insertions, updates and bulks ring for their brand; a deletion rings for its collection."""
    inbox = database.brand("inbox")
    async with asyncio.timeout(20), aclosing(database.changes()) as bells:
        assert await anext(bells) == ANY
        await inbox.insert({"_id": "a", "brand_id": "one"})
        assert await anext(bells) == Doorbell("inbox", "one")
        await inbox.update({"_id": "a", "brand_id": "one"}, {"$set": {"n": 1}})
        assert await anext(bells) == Doorbell("inbox", "one")
        await inbox.bulk(
            [
                UpdateOne({"_id": "a", "brand_id": "one"}, {"$set": {"n": 2}}),
                InsertOne({"_id": "b", "brand_id": "two"}),
            ]
        )
        heard = {await anext(bells), await anext(bells)}
        assert heard == {Doorbell("inbox", "one"), Doorbell("inbox", "two")}
        await inbox.delete({"_id": "a", "brand_id": "one"})
        assert await anext(bells) == Doorbell("inbox", None)


async def test_only_chosen_collections_ring(database: Database) -> None:
    """Whoever listens to the inbox is not woken by anything else."""
    async with asyncio.timeout(20), aclosing(database.changes("inbox")) as bells:
        assert await anext(bells) == ANY
        await database.brand("other").insert({"_id": "a", "brand_id": "one"})
        await database.brand("inbox").insert({"_id": "a", "brand_id": "two"})
        assert await anext(bells) == Doorbell("inbox", "two")


async def test_a_storm_rings_few_bells(database: Database) -> None:
    """A thousand changes of one brand are told in a handful of doorbells, and the last of them is told too."""
    inbox = database.brand("inbox")
    async with asyncio.timeout(60), aclosing(database.changes("inbox")) as bells:
        assert await anext(bells) == ANY
        await inbox.bulk([InsertOne({"_id": str(n), "brand_id": "one"}) for n in range(1000)])
        rung = 0
        try:
            while True:
                async with asyncio.timeout(2 if rung else 15):
                    assert await anext(bells) == Doorbell("inbox", "one")
                rung += 1
        except TimeoutError:
            pass
        assert 1 <= rung <= 20


async def test_a_listener_can_leave_at_any_time(database: Database) -> None:
    """A page that closes while nothing rings leaves at once, and the database goes on."""
    listening = asyncio.create_task(asyncio.wait_for(silence(database), 10))
    await asyncio.sleep(0.3)
    listening.cancel()
    assert (await asyncio.gather(listening, return_exceptions=True))[0].__class__ is asyncio.CancelledError
    await database.brand("inbox").insert({"_id": "a", "brand_id": "one"})


async def silence(database: Database) -> None:
    """Listen where nothing happens."""
    async with aclosing(database.changes("nothing")) as bells:
        async for _ in bells:
            pass
