"""Counters count each message once, whoever is killed, replaced, restored or too late."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from shared.bus.envelope import Received
from shared.bus.handler import bind
from shared.bus.offsets import Place
from shared.bus.progress import Progress
from shared.events.ingest.payload_received import PayloadReceived
from shared.mongo.database import Database
from shared.mongo.transactions import Transaction
from tests.shared.bus.stage import Stage, payload


class Abacus:
    """Counts messages by brand in the database; "poison" fails while `broken`."""

    def __init__(self, database: Database) -> None:
        self.rows = database.system("counts")
        self.broken = True

    async def handle_counted(self, batch: Sequence[Received[PayloadReceived]], tx: Transaction) -> None:
        for received in batch:
            if received.event.body == "poison" and self.broken:
                raise ValueError("spoilt")
        for brand, count in Counter(received.event.brand_id for received in batch).items():
            await self.rows.update({"_id": brand}, {"$inc": {"n": count}}, upsert=True, tx=tx)

    async def total(self) -> int:
        return sum(row["n"] for row in await self.rows.find({}))

    async def reaches(self, total: int) -> None:
        for _ in range(2000):
            if await self.total() >= total:
                break
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.1)  # one too many would come now
        assert await self.total() == total


async def test_redelivered_messages_are_counted_once(stage: Stage) -> None:
    """The group's offsets are lost (a crash before the commit): progress in the database says where to go on."""
    abacus = Abacus(stage.database)
    await stage.send(*(payload(number, f"br-{number % 7}") for number in range(400)))
    async with stage.running(bind(abacus.handle_counted)):
        await abacus.reaches(400)
    stage.group, lost = stage.group + "-again", stage.group
    rows = stage.database.system("progress")
    for row in await rows.find({"group": lost}):
        await rows.insert(row | {"_id": row["_id"].replace(lost, stage.group), "group": stage.group})
    await stage.send(*(payload(number) for number in range(400, 500)))
    async with stage.running(bind(abacus.handle_counted)):
        await abacus.reaches(500)


async def test_a_zombie_counts_nothing(stage: Stage) -> None:
    """A consumer that does not know that it was replaced has its counts undone, and goes on after the other's."""
    abacus, rows = Abacus(stage.database), stage.database.system("progress")
    await stage.send(*(payload(number, thread="one") for number in range(10)))
    async with stage.running(bind(abacus.handle_counted)):
        await abacus.reaches(10)
        moved = await rows.update({"offset": 10}, {"$set": {"offset": 15}})  # another has counted the next five
        assert moved.matched == 1
        await stage.send(*(payload(number, thread="one") for number in range(10, 18)))
        await abacus.reaches(10 + 3)


async def test_a_parked_message_is_counted_when_it_is_done(stage: Stage) -> None:
    """Poison leaves the row of counted messages without a gap, and is counted once, with its own row."""
    abacus = Abacus(stage.database)
    await stage.send(*(payload(number, body="poison" if number == 11 else "{}") for number in range(30)))
    async with stage.running(bind(abacus.handle_counted), delays=(0.4,) * 200):
        await abacus.reaches(29)
        abacus.broken = False
        await abacus.reaches(30)
    assert len(await stage.parked("done")) == 1


async def test_a_topic_made_anew_is_counted_from_its_beginning(database: Database) -> None:
    """Progress beyond the topic's end means that this is another topic; another cluster has its own progress."""
    place: Place = ("testing.v1", 0)
    progress = Progress(database, "counting")
    assert await progress.place("cluster-1", {place: 0}, {place: 100}) == {place: 0}
    await database.transact(lambda tx: progress.advance(place, 90, tx))
    assert await progress.place("cluster-1", {place: 0}, {place: 100}) == {place: 90}
    assert await progress.place("cluster-1", {place: 0}, {place: 10}) == {place: 0}
    assert await progress.place("cluster-2", {place: 5}, {place: 10}) == {place: 5}
