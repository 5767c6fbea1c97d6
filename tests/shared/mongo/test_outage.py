"""MongoDB goes away and comes back."""

import asyncio
import time

import pytest

from shared.errors import Unavailable
from shared.mongo.changes import Doorbell
from shared.mongo.client import Mongo
from shared.mongo.deadline import deadline
from shared.mongo.transactions import Transaction
from tests.shared.mongo.private_server import PrivateServer


async def test_a_killed_server_is_unavailable_and_recovers(
    private_server: PrivateServer, driver: str, name: str
) -> None:
    """Nothing is blamed on the work while the server is dead, and nothing acknowledged is lost when it is back."""
    async with Mongo.open(private_server.uri, driver) as mongo:
        database = mongo.database(name)
        things = database.brand("things")
        await things.insert({"_id": "before", "brand_id": "b"})
        private_server.kill()
        with pytest.raises(Unavailable), deadline(1):
            await things.insert({"_id": "during", "brand_id": "b"})
        with pytest.raises(Unavailable):
            await database.probe()
        with pytest.raises(Unavailable), deadline(0):
            await things.count({"brand_id": "b"})
        await private_server.start()
        await things.insert({"_id": "after", "brand_id": "b"})
        await database.probe()
        assert await things.distinct("_id", {"brand_id": "b"}) == ["after", "before"]


async def test_a_frozen_server_holds_nobody(private_server: PrivateServer, driver: str, name: str) -> None:
    """Thirty callers of a server that neither answers nor refuses are let go in time, and served when it wakes."""
    async with Mongo.open(private_server.uri, driver) as mongo:
        things = mongo.database(name).brand("things")
        await things.insert({"_id": "before", "brand_id": "b"})
        private_server.freeze()
        began = time.monotonic()
        with deadline(1):
            counts = (things.count({"brand_id": "b"}) for _ in range(30))
            refused = await asyncio.gather(*counts, return_exceptions=True)
        assert {type(one) for one in refused} == {Unavailable}
        assert time.monotonic() - began < 20
        private_server.thaw()
        assert await things.count({"brand_id": "b"}) == 1


async def test_without_a_deadline_calls_end_all_the_same(private_server: PrivateServer, driver: str, name: str) -> None:
    """Neither a call nor a transaction hangs while the server is dead: the package's own limits end them."""
    async with Mongo.open(private_server.uri, driver) as mongo:
        database = mongo.database(name)
        things = database.brand("things")
        await things.count({"brand_id": "b"})
        private_server.kill()

        async def work(tx: Transaction) -> None:
            await things.update({"_id": "a", "brand_id": "b"}, {"$inc": {"n": 1}}, upsert=True, tx=tx)

        began = time.monotonic()
        refused = await asyncio.gather(things.count({"brand_id": "b"}), database.transact(work), return_exceptions=True)
        assert [type(one) for one in refused] == [Unavailable, Unavailable]
        assert time.monotonic() - began < 25
        await private_server.start()
        await database.transact(work)
        assert await things.find({"brand_id": "b"}) == [{"_id": "a", "brand_id": "b", "n": 1}]


async def test_doorbells_ring_again_after_a_restart(private_server: PrivateServer, driver: str, name: str) -> None:
    """A stream that broke is opened afresh, says that anything may have changed, and goes on."""
    async with Mongo.open(private_server.uri, driver) as mongo:
        database = mongo.database(name)
        things, bells = database.brand("things"), database.changes()
        assert await anext(bells) == Doorbell(None, None)
        await things.insert({"_id": "a", "brand_id": "b"})
        assert await anext(bells) == Doorbell("things", "b")
        private_server.kill()
        await private_server.start()
        async with asyncio.timeout(20):
            assert await anext(bells) == Doorbell(None, None)
            await things.update({"_id": "a", "brand_id": "b"}, {"$set": {"n": 1}})
            assert await anext(bells) == Doorbell("things", "b")
        await bells.aclose()
