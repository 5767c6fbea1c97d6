"""Rows wait for their time by the server's clock, and may be taken back until then."""

import asyncio
from datetime import datetime, timedelta

import pytest

from shared.bus.envelope import EncodedMessage, Outgoing
from shared.events.catalogue import event_classes
from shared.mongo.database import Database
from shared.mongo.transactions import Transaction

BODY = EncodedMessage("a.topic.v1", b"b:1", b"{}", [("ce_id", b"1"), ("ce_type", b"x")])
ERASURE = EncodedMessage("a.topic.v1", b"b:1", None, [])


async def put(database: Database, *messages: EncodedMessage, not_before: datetime | None = None) -> list[str]:
    """Emit messages in a transaction of their own."""

    async def work(tx: Transaction) -> list[str]:
        return [tx.emit(message, not_before=not_before) for message in messages]

    return await database.transact(work)


async def test_rows_come_back_as_they_were_put(database: Database) -> None:
    """Bytes, headers and erasures survive the wait, in the order in which they were emitted."""
    ids = await put(database, BODY, ERASURE)
    ids += await put(database, BODY)
    rows = await database.outbox.due(10)
    assert [row.id for row in rows] == ids
    assert [row.message for row in rows] == [BODY, ERASURE, BODY]
    assert await database.outbox.remove(ids[:2]) == 2
    assert [row.id for row in await database.outbox.due(10)] == ids[2:]
    assert await database.outbox.due(10, older_than=60) == []


async def test_an_event_is_encoded_for_its_service(database: Database) -> None:
    """What is emitted as an event leaves as the bus would send it, in the name of the database's service."""
    event = event_classes()[0].example()

    async def work(tx: Transaction) -> str:
        return tx.emit(Outgoing.first(event, now=await database.now()))

    await database.transact(work)
    (row,) = await database.outbox.due(1)
    headers = dict(row.message.headers)
    assert (row.message.topic, row.message.key) == (event.topic().name, event.key().encode())
    assert (headers["ce_id"], headers["ce_source"]) == (event.event_id().encode(), b"/testing")


async def test_a_held_row_leaves_when_its_time_has_come(database: Database) -> None:
    """Until then it counts as held and nobody is given it; then it is due and can no longer be taken back."""
    when = await database.now() + timedelta(seconds=60)
    (row_id,) = await put(database, BODY, not_before=when)
    assert await database.outbox.due(10) == []
    pending = await database.outbox.pending()
    assert (pending.count, pending.held, pending.oldest_seconds) == (1, 1, 0.0)
    soonest = await database.outbox.next_due()
    assert soonest is not None
    assert abs(soonest - when) < timedelta(milliseconds=1)
    (soon_id,) = await put(database, BODY, not_before=await database.now() + timedelta(seconds=0.4))
    async with asyncio.timeout(30):
        while not (due := await database.outbox.due(10)):  # noqa: ASYNC110 - the server's clock
            await asyncio.sleep(0.05)
    assert [row.id for row in due] == [soon_id]
    pending = await database.outbox.pending()
    assert (pending.count, pending.held) == (2, 1)
    assert 0.3 < pending.oldest_seconds < 60
    assert not await database.outbox.remove_before_due(soon_id)
    assert await database.outbox.remove_before_due(row_id)
    assert await database.outbox.next_due() is None


async def test_a_row_without_a_time_cannot_be_taken_back(database: Database) -> None:
    """What may leave at once has perhaps left already."""
    (row_id,) = await put(database, BODY)
    assert not await database.outbox.remove_before_due(row_id)


async def test_undo_and_departure_exclude_each_other(database: Database) -> None:
    """A hundred decisions are undone in the very moment they fall due: each is undone or leaves, never both."""
    when = await database.now() + timedelta(seconds=4)
    first, *ids = await put(database, *[BODY] * 100, not_before=when)
    assert await database.outbox.remove_before_due(first)
    still = (when - await database.now()).total_seconds()
    left: set[str] = set()

    async def undo(position: int, row_id: str) -> bool:
        await asyncio.sleep(still - 0.4 + position * 0.005)
        return await database.outbox.remove_before_due(row_id)

    async def depart() -> None:
        while await database.now() <= when + timedelta(seconds=0.2):
            left.update(row.id for row in await database.outbox.due(1000))
        left.update(row.id for row in await database.outbox.due(1000))

    undone, _ = await asyncio.gather(
        asyncio.gather(*(undo(position, row_id) for position, row_id in enumerate(ids))), depart()
    )
    taken_back = {row_id for row_id, done in zip(ids, undone, strict=True) if done}
    assert taken_back | left == set(ids)
    assert taken_back & left == set()
    assert first not in left
    assert left


async def test_undo_belongs_to_its_transaction(database: Database) -> None:
    """Taking a row back is undone itself when the state that goes with it is not written."""
    (row_id,) = await put(database, BODY, not_before=await database.now() + timedelta(minutes=1))

    async def change_of_mind(tx: Transaction) -> None:
        assert await database.outbox.remove_before_due(row_id, tx=tx)
        raise LookupError

    with pytest.raises(LookupError):
        await database.transact(change_of_mind)
    assert (await database.outbox.pending()).held == 1
