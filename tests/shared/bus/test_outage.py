"""An engine that is away is nobody's failure: the consumer waits, and nothing is counted against a message."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from parvis.engines.local import Addresses
from shared.bus.envelope import Outgoing, Received
from shared.bus.handler import bind
from shared.bus.parking import Parking
from shared.bus.producer import Producer
from shared.errors import DeadlinePassed, Reject, Unavailable
from shared.events.ingest.payload_received import PayloadReceived
from shared.mongo.client import Mongo
from shared.mongo.database import Database
from tests.shared.bus.stage import Stage, payload, until
from tests.shared.mongo.private_server import PrivateServer


@pytest.fixture
async def fragile(tmp_path: Path) -> AsyncIterator[PrivateServer]:
    """A MongoDB that the test may freeze."""
    server = PrivateServer(tmp_path)
    await server.start()
    yield server
    server.signal(signal.SIGCONT)
    server.kill()


async def test_a_frozen_mongo_parks_nothing(engines: Addresses, producer: Producer, fragile: PrivateServer) -> None:
    """MongoDB freezes in the middle: the consumer is not ready, says why, stays alive, and then handles it all."""
    done: set[int] = set()
    async with Mongo.open(fragile.uri, os.environ.get("PARVIS_MONGO_DRIVER", "motor")) as mongo:
        database: Database = mongo.database("outage", "/testing")
        seen = database.system("seen")

        async def handle_batch(batch: Sequence[Received[PayloadReceived]]) -> None:
            await seen.insert_many([{"n": received.event.part} for received in batch])
            done.update(received.event.part for received in batch)

        stage = Stage(engines.kafka, producer, database)
        await stage.open()
        await stage.send(payload(0))
        async with stage.running(bind(handle_batch)) as consumer:
            await until(lambda: done == {0})
            fragile.signal(signal.SIGSTOP)
            await stage.send(*(payload(number) for number in range(1, 50)))
            await until(lambda: not consumer.ready)
            assert (consumer.alive, consumer.reason) == (True, "mongo is away")
            fragile.signal(signal.SIGCONT)
            await until(lambda: done == set(range(50)))
            assert await stage.parked("parked") == await stage.parked("dead") == []
        await stage.close()


async def test_a_retry_that_an_outage_cuts_short_accuses_nobody(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """MongoDB is away when the message's claim is to be given back too: that is done as soon as it is there again."""
    postpone, tries, refused = Parking.postpone, list[int](), list[str]()

    async def away(parking: Parking, row: dict[str, Any]) -> None:
        if not refused:
            refused.append(row["_id"])
            raise Unavailable("mongo")
        await postpone(parking, row)

    async def handle(received: Received[PayloadReceived]) -> None:
        tries.append(received.event.part)
        if len(tries) == 4:
            raise Unavailable("mongo")
        if len(tries) < 4:
            raise ValueError("not yet")

    monkeypatch.setattr(Parking, "postpone", away)
    await stage.send(payload(1))
    async with stage.running(bind(handle)) as consumer:
        await until(lambda: len(tries) == 5 and consumer.stats()["parked"] == 0)
    (row,) = await stage.parked("done")
    assert (refused, row["unended"]) == ([row["_id"]], 0)


async def test_kafka_away_is_said_after_the_deadline() -> None:
    """Nobody listens there: a send says `Unavailable` after its own deadline, and so does a probe."""
    async with Producer.open("127.0.0.1:1", source="/testing") as nowhere:
        with pytest.raises(Unavailable, match="kafka"):
            await nowhere.probe()
        with pytest.raises(Unavailable, match="kafka"):
            await nowhere.send([Outgoing.first(payload(1), now=payload(1).received_at)], deadline=0.3)


async def test_a_send_that_fails_while_kafka_answers_is_its_own_failure(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No such topic, and a message too large for Kafka, are not an outage; the producer goes on working."""
    monkeypatch.setattr("shared.bus.producer.PROBE_SECONDS", 30.0)
    message, producer = stage.encoded(payload(1)), stage.producer
    with pytest.raises(DeadlinePassed):
        await producer.send_raw([message._replace(topic="testing.nowhere.v1")], deadline=0.5)
    with pytest.raises(Reject):
        await producer.send_raw([message._replace(value=b"x" * 4_000_000)])
    await producer.send_raw([message])


async def test_a_broken_sequence_is_mended(stage: Stage) -> None:
    """A client whose sequence has a hole is replaced, and what it had not delivered is sent again."""
    await stage.send(payload(1))
    packs = stage.producer._packs
    assert packs is not None
    client = packs.client
    for place in client._txn_manager._sequence_numbers:
        client._txn_manager._sequence_numbers[place] += 5  # the broker misses five messages now
    await stage.send(*(payload(number) for number in range(2, 30)))
    assert stage.producer._packs is not packs
    heard: set[int] = set()

    async def handle(received: Received[PayloadReceived]) -> None:
        heard.add(received.event.part)

    async with stage.running(bind(handle)):
        await until(lambda: heard == set(range(1, 30)))


async def test_a_consumer_may_start_before_its_engines(producer: Producer) -> None:
    """With Kafka away the consumer keeps trying, is not ready, and stops when it is told to."""
    async with Mongo.open("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200") as mongo:
        stage = Stage("127.0.0.1:1", producer, mongo.database("away", "/testing"))

        async def handle(received: Received[PayloadReceived]) -> None:
            raise AssertionError

        consumer = stage.consumer(bind(handle))
        running = asyncio.create_task(consumer.run())
        await asyncio.sleep(0.3)
        assert not consumer.ready
        async with asyncio.timeout(30):
            await consumer.stop(deadline=4)
            await running
