"""State and the events it causes leave together: at once, after a crash, and not before their time."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest

from shared.bus.envelope import Received
from shared.bus.handler import bind
from shared.bus.relay import Relay
from shared.events.ingest.payload_received import PayloadReceived
from shared.metrics import OUTBOX_PENDING
from shared.mongo.transactions import Transaction
from tests.shared.bus.stage import PATIENCE, Stage, payload, until


class Ear:
    """Hears what arrives in the stage's topic."""

    def __init__(self) -> None:
        self.heard: list[int] = []

    async def handle_batch(self, batch: Sequence[Received[PayloadReceived]]) -> None:
        self.heard.extend(received.event.part for received in batch)


@asynccontextmanager
async def relaying(relay: Relay) -> AsyncIterator[None]:
    """The relay runs inside, and ends as a crash would end it."""
    running = asyncio.create_task(relay.run())
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def decide(stage: Stage, number: int, after: float | None = None) -> None:
    """Somebody decides; the event is in the outbox with the state, held for `after` seconds."""
    not_before = None if after is None else await stage.database.now() + timedelta(seconds=after)

    async def work(tx: Transaction) -> None:
        await stage.database.system("decisions").insert({"_id": str(number)}, tx=tx)
        tx.emit(stage.encoded(payload(number)), not_before=not_before)

    await stage.database.transact(work)


async def emptied(stage: Stage) -> None:
    """Waits until nothing is in the outbox, held or not."""
    async with asyncio.timeout(PATIENCE):
        while (await stage.database.outbox.pending()).count:  # noqa: ASYNC110 - only the server knows
            await asyncio.sleep(0.02)


async def test_an_event_leaves_right_after_its_commit(stage: Stage) -> None:
    """Nobody waits for a sweep, which another process holds here; afterwards the outbox is empty."""
    ear = Ear()
    assert await stage.database.lease("outbox").acquire(seconds=300)
    async with stage.running(bind(ear.handle_batch)) as consumer:
        await until(lambda: consumer.ready)
        async with relaying(Relay(stage.database, stage.producer)):
            await decide(stage, 1)
            await until(lambda: ear.heard == [1])
            await emptied(stage)


async def test_a_row_left_behind_by_a_crash_leaves(stage: Stage) -> None:
    """The process died between commit and publication: another's sweep publishes the row."""
    ear = Ear()
    await decide(stage, 1)
    async with stage.running(bind(ear.handle_batch)), relaying(Relay(stage.database, stage.producer)):
        await until(lambda: ear.heard == [1])


async def test_an_event_waits_for_its_time_and_may_be_taken_back(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two that are held one is undone, and never leaves; the other leaves at its time, not before, unswept."""
    ear = Ear()
    monkeypatch.setattr("shared.bus.relay.SWEEP_EVERY", 300.0)
    async with stage.running(bind(ear.handle_batch)) as consumer:
        await until(lambda: consumer.ready)
        async with relaying(Relay(stage.database, stage.producer)):
            await asyncio.sleep(0.3)  # it has looked once, and would look again in five minutes
            began = time.monotonic()
            await decide(stage, 1, after=1.0)
            await decide(stage, 2, after=60.0)
            outbox = stage.database.outbox
            held = await stage.database.system("outbox").find({"key": stage.encoded(payload(2)).key})
            assert await outbox.remove_before_due(held[0]["_id"])
            await until(lambda: ear.heard == [1])
            assert time.monotonic() - began >= 1.0
            await emptied(stage)
            assert not await outbox.remove_before_due(held[0]["_id"])
    assert ear.heard == [1]


async def test_an_empty_outbox_costs_one_look(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody takes the lease for it, and operators are told that nothing waits."""
    monkeypatch.setattr("shared.bus.relay.SWEEP_EVERY", 0.02)
    told = OUTBOX_PENDING.labels(stage.database.name)
    told.set(7)
    async with relaying(Relay(stage.database, stage.producer)), asyncio.timeout(PATIENCE):
        while told._value.get():  # noqa: ASYNC110 - the metric rings no bell
            await asyncio.sleep(0.02)
    assert await stage.database.system("leases").count({"_id": "outbox"}) == 0


async def test_two_relays_do_not_sweep_at_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lease: a second process leaves the sweep alone."""
    monkeypatch.setattr("shared.bus.relay.LEASE_SECONDS", 60.0)
    await decide(stage, 1)
    await asyncio.sleep(2.1)
    first, second = Relay(stage.database, stage.producer), Relay(stage.database, stage.producer)
    assert await first.sweep() == 1
    await decide(stage, 2)
    await asyncio.sleep(2.1)
    assert await second.sweep() is None
    assert await first.sweep() == 1


async def test_who_may_not_sweep_does_not_ask_all_the_time(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweeper was killed: until its lease runs out, what is due makes nobody else ask without a pause."""
    monkeypatch.setattr("shared.bus.relay.SWEEP_EVERY", 0.5)
    asked: list[Relay] = []

    class Counted(Relay):
        async def sweep(self) -> int | None:
            asked.append(self)
            return await super().sweep()

    assert await stage.database.lease("outbox").acquire(seconds=3)
    async with relaying(Counted(stage.database, stage.producer)):
        await decide(stage, 1, after=0.1)
        await emptied(stage)
    assert len(asked) < 50  # and not hundreds
