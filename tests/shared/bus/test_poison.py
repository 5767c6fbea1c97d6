"""A message that cannot be handled is set aside alone; the rest goes on, and it comes back when it can."""

from collections.abc import Sequence

import pytest

from shared.bus.envelope import Received
from shared.bus.handler import bind
from shared.errors import Reject, Retry, UnknownOwner
from shared.events.ingest.payload_received import PayloadReceived
from tests.shared.bus.stage import Stage, payload, until


class Kitchen:
    """Handles batches; what a message's body asks for goes wrong while `broken`."""

    def __init__(self) -> None:
        self.broken = True
        self.tries: list[int] = []
        self.done: set[int] = set()

    async def handle_batch(self, batch: Sequence[Received[PayloadReceived]]) -> None:
        for received in batch:
            body, number = received.event.body, received.event.part
            if self.broken and body != "{}":
                self.tries.append(number)
                raise {
                    "raise": ValueError("spoilt"),
                    "retry": Retry(0.2, "not yet"),
                    "reject": Reject("never"),
                    "unknown": UnknownOwner("brand", "br-x"),
                }[body]
            self.done.add(number)


async def test_poison_is_parked_alone_and_comes_back(stage: Stage) -> None:
    """One bad message of fifty is tried in the batch and three times alone, then set aside; fixed, it is done."""
    kitchen = Kitchen()
    await stage.send(*(payload(number, body="raise" if number == 7 else "{}") for number in range(50)))
    async with stage.running(bind(kitchen.handle_batch), delays=(60.0,)) as consumer:
        await until(lambda: kitchen.done >= set(range(50)) - {7})
        await until(lambda: consumer.stats()["parked"] == 1)
        kitchen.broken = False
        await stage.database.system("parked").update({}, [{"$set": {"next_at": "$$NOW"}}])
        await until(lambda: 7 in kitchen.done)
    assert kitchen.tries.count(7) == 1 + 3
    (row,) = await stage.parked("done")
    assert (row["reason"], row["error"]) == ("failed", "ValueError: spoilt")
    assert row["value"] == payload(7, body="raise").write()


async def test_what_was_set_aside_here_waits_for_no_count(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """However seldom it is looked for what others set aside, a message comes back when its own time has come."""
    monkeypatch.setattr("shared.bus.consumer.COUNT_EVERY", 3600.0)
    kitchen = Kitchen()
    async with stage.running(bind(kitchen.handle_batch)) as consumer:
        await until(lambda: consumer.ready and consumer._counted_at > 0)
        await stage.send(payload(1, body="retry"))
        await until(lambda: 1 in kitchen.tries)
        kitchen.broken = False
        await until(lambda: 1 in kitchen.done)


async def test_four_more_tries_and_it_is_dead(stage: Stage) -> None:
    """A message that never succeeds ends as dead, with its bytes, its headers and the error."""
    kitchen = Kitchen()
    await stage.send(payload(1, body="raise"), payload(2))
    async with stage.running(bind(kitchen.handle_batch), delays=(0.1,) * 4) as consumer:
        await until(lambda: consumer.stats()["dead"] == 1)
    (row,) = await stage.parked("dead")
    assert row["tries"] == 4
    assert ["ce_type", PayloadReceived.type_name().encode()] in row["headers"]
    assert "spoilt" in row["trace"]
    assert kitchen.done == {2}


async def test_a_handler_steers(stage: Stage) -> None:
    """Retry parks at once and is not counted, Reject is dead at once, an unknown brand waits for its directory."""
    kitchen = Kitchen()
    await stage.send(payload(1, body="retry"), payload(2, body="reject"), payload(3, body="unknown"), payload(4))
    async with stage.running(bind(kitchen.handle_batch)) as consumer:
        await until(lambda: 4 in kitchen.done and sum(map(consumer.stats().get, ("parked", "dead"))) == 3)
        await until(lambda: kitchen.tries.count(1) >= 4)
        rows = {row["reason"]: row for row in await stage.parked("parked")}
        assert rows["retry"]["tries"] == rows["unknown"]["tries"] == 0
        kitchen.broken = False
        await until(lambda: 1 in kitchen.done)
    (dead,) = await stage.parked("dead")
    assert (dead["reason"], dead["error"]) == ("rejected", "Reject: never")


async def test_what_cannot_be_read_is_dead_at_once(stage: Stage) -> None:
    """Garbage, a body without its fields, and key, header and body that name different brands never reach a handler."""
    kitchen = Kitchen()
    good = stage.encoded(payload(1))
    strange_header = [(name, b"br-z" if name == "ce_brandid" else value) for name, value in good.headers]
    await stage.producer.send_raw(
        [
            good,
            good._replace(value=b"\xff"),
            good._replace(value=b"{}"),
            good._replace(headers=[]),
            good._replace(key=b"br-z:t1"),
            good._replace(headers=strange_header),
            good._replace(value=payload(1, brand="br-z").write()),
            stage.encoded(payload(2)),
        ]
    )
    async with stage.running(bind(kitchen.handle_batch)) as consumer:
        await until(lambda: consumer.stats()["dead"] == 6)
        await until(lambda: kitchen.done == {1, 2})
    assert {row["reason"] for row in await stage.parked("dead")} == {"rejected"}


async def test_what_only_erases_its_key_is_passed_over(stage: Stage) -> None:
    """A tombstone of a compacted topic is no message for a handler: nothing is set aside for it."""
    kitchen = Kitchen()
    tombstone = stage.encoded(payload(1))._replace(value=None, headers=[])
    await stage.producer.send_raw([tombstone, stage.encoded(payload(2)), tombstone])
    async with stage.running(bind(kitchen.handle_batch)) as consumer:
        await until(lambda: kitchen.done == {2})
        await stage.caught_up()
        assert consumer.stats()["dead"] == 0
    assert await stage.parked("dead") == []
