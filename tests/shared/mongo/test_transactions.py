"""Several documents change together, or none does."""

import asyncio

import pytest

from shared.bus.envelope import EncodedMessage
from shared.errors import Duplicate, StatementFailed
from shared.mongo.client import Mongo
from shared.mongo.database import Database
from shared.mongo.operations import InsertOne
from shared.mongo.outbox import OutboxRow
from shared.mongo.transactions import TRIES, Transaction
from tests.shared.mongo.private_server import PrivateServer

MESSAGE = EncodedMessage("a.topic.v1", b"b:1", b"{}", [("ce_id", b"1")])


async def test_a_write_conflict_is_done_again(database: Database) -> None:
    """Four at once count the same thing up: whoever loses is done again, and nobody counts twice."""
    things = database.system("things")
    await things.insert({"_id": "counter", "n": 0})
    tries = read = 0

    async def count(tx: Transaction) -> None:
        nonlocal tries, read
        tries += 1
        row = await things.get({"_id": "counter"}, tx=tx)
        assert row is not None
        read += 1
        while read < 4:  # noqa: ASYNC110 - nobody writes before all have read, so that they do quarrel
            await asyncio.sleep(0.01)
        await things.update({"_id": "counter"}, {"$set": {"n": row["n"] + 1}}, tx=tx)

    done = await asyncio.gather(*(database.transact(count) for _ in range(4)), return_exceptions=True)
    counted = await things.get({"_id": "counter"})
    assert counted is not None
    assert tries > 4
    assert counted["n"] == sum(one is None for one in done) >= 2
    assert all(one is None or isinstance(one, StatementFailed) for one in done)


async def test_tries_come_to_an_end(database: Database) -> None:
    """A conflict that returns each time is given up after five tries, not after two minutes."""
    things = database.system("things")
    await things.insert({"_id": "a"})
    tries = 0

    async def quarrel(tx: Transaction) -> None:
        nonlocal tries
        tries += 1
        await things.get({"_id": "a"}, tx=tx)
        await things.update({"_id": "a"}, {"$inc": {"outside": 1}})
        await things.update({"_id": "a"}, {"$set": {"inside": True}}, tx=tx)

    with pytest.raises(StatementFailed):
        await database.transact(quarrel)
    assert tries == TRIES
    assert await things.get({"_id": "a"}) == {"_id": "a", "outside": TRIES}


async def test_state_and_event_leave_together(database: Database) -> None:
    """After a commit both are there, and whoever publishes has been told."""
    things = database.system("things")
    told: list[OutboxRow] = []
    database.outbox.on_commit(told.extend)

    async def work(tx: Transaction) -> str:
        await things.insert({"_id": "a"}, tx=tx)
        return tx.emit(MESSAGE)

    row_id = await database.transact(work)
    assert await things.count({}) == 1
    assert [(row.id, row.message) for row in await database.outbox.due(10)] == [(row_id, MESSAGE)]
    assert [row.id for row in told] == [row_id]


async def test_or_not_at_all(database: Database) -> None:
    """When the work fails after both were written, neither is there and nobody is told."""
    things = database.system("things")
    told: list[OutboxRow] = []
    database.outbox.on_commit(told.extend)

    async def work(tx: Transaction) -> None:
        tx.emit(MESSAGE)
        await database.outbox.add(tx, tx.rows)
        await things.insert({"_id": "a"}, tx=tx)
        raise RuntimeError("second thoughts")

    with pytest.raises(RuntimeError):
        await database.transact(work)
    assert await things.count({}) == 0
    assert (await database.outbox.pending()).count == 0
    assert told == []


async def test_a_swallowed_duplicate_commits_nothing(database: Database) -> None:
    """The server ends a transaction at a duplicate: catching the error does not bring it back to life."""
    things = database.system("things")
    await things.insert({"_id": "a"})

    async def insert_and_catch(tx: Transaction) -> None:
        await things.insert({"_id": "b"}, tx=tx)
        with pytest.raises(Duplicate):
            await things.bulk([InsertOne({"_id": "a"})], tx=tx)

    with pytest.raises(Duplicate):
        await database.transact(insert_and_catch)
    assert await things.distinct("_id", {}) == ["a"]


async def test_an_ended_transaction_writes_nothing_more(database: Database) -> None:
    """A task that outlives its transaction cannot write outside it by accident."""
    things = database.system("things")

    async def keep(tx: Transaction) -> Transaction:
        return tx

    ended = await database.transact(keep)
    with pytest.raises(StatementFailed):
        await things.insert({"_id": "late"}, tx=ended)
    assert await things.count({}) == 0


async def test_an_unknown_commit_is_asked_for_again(private_server: PrivateServer, driver: str, name: str) -> None:
    """When only the answer to a commit is lost, the commit is repeated and the work is not."""
    async with Mongo.open(private_server.uri, driver) as mongo:
        things = mongo.database(name).system("things")
        runs = 0

        async def work(tx: Transaction) -> None:
            nonlocal runs
            runs += 1
            await things.update({"_id": "a"}, {"$inc": {"n": 1}}, upsert=True, tx=tx)

        private_server.fail(["commitTransaction"], times=3, closeConnection=True)
        await mongo.database(name).transact(work)
        assert (runs, await things.get({"_id": "a"})) == (1, {"_id": "a", "n": 1})


async def test_a_transaction_the_server_gave_up_is_done_again(
    private_server: PrivateServer, driver: str, name: str
) -> None:
    """A connection lost in the middle ends the try; the whole work is done again, once in effect."""
    async with Mongo.open(private_server.uri, driver) as mongo:
        database = mongo.database(name)
        things = database.system("things")
        runs = 0

        async def work(tx: Transaction) -> None:
            nonlocal runs
            runs += 1
            await things.update({"_id": "a"}, {"$inc": {"n": 1}}, upsert=True, tx=tx)
            tx.emit(MESSAGE)

        private_server.fail(["update"], times=1, closeConnection=True)
        await database.transact(work)
        assert (runs, await things.get({"_id": "a"})) == (2, {"_id": "a", "n": 1})
        assert (await database.outbox.pending()).count == 1
