"""Every message is handled at least once, those of a key in order, whatever happens to the consumer."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress

from shared.bus.envelope import Outgoing, Received, encode
from shared.bus.handler import bind, where
from shared.events.ingest.interaction_deleted import InteractionDeleted
from shared.events.ingest.payload_received import PayloadReceived
from shared.events.topics import INTERACTIONS
from tests.shared.bus.stage import Stage, payload, until


class Heard:
    """What a handler was given, in order; message `stuck` is never finished."""

    def __init__(self, stuck: int | None = None) -> None:
        self.numbers: list[int] = []
        self.stuck = stuck

    async def handle(self, received: Received[PayloadReceived]) -> None:
        if received.event.part == self.stuck:
            await asyncio.Event().wait()
        self.numbers.append(received.event.part)


async def test_everything_sent_is_handled_and_committed(stage: Stage) -> None:
    """A thousand messages of ten brands are all handled, and Kafka knows it when the consumer has stopped."""
    heard = Heard()
    await stage.send(*(payload(number, f"br-{number % 10}") for number in range(1000)))
    async with stage.running(bind(heard.handle)) as consumer:
        await until(lambda: len(heard.numbers) >= 1000)
        assert consumer.ready
    assert sorted(heard.numbers) == list(range(1000))
    assert await stage.behind() == 0


async def test_what_an_attribute_says_is_not_for_a_handler_is_not_read(stage: Stage) -> None:
    """Three say what they wish, one does not: those that concern the handler come, and the others are finished too,
    even one that nobody could read."""
    heard = Heard()
    wishes = {1: b"hide", 2: b"keep", 3: None, 4: b"show"}
    said = {number: stage.encoded(payload(number)) for number in wishes}
    asked = [
        message._replace(headers=[*message.headers, *([("ce_wish", wish)] if wish else [])])
        for message, wish in zip(said.values(), wishes.values(), strict=True)
    ]
    unreadable = asked[1]._replace(value=b"no JSON")
    await stage.producer.send_raw([*asked, unreadable])
    async with stage.running(where(bind(heard.handle), "wish", {"hide", "show"})):
        await until(lambda: len(heard.numbers) == 3)
        await stage.caught_up()
    assert sorted(heard.numbers) == [1, 3, 4]
    assert await stage.parked("parked") == await stage.parked("dead") == []


async def test_a_gap_is_never_committed_over(stage: Stage) -> None:
    """While message 5 hangs, those behind it finish; the process dies, and all from 5 on come again."""
    heard, again = Heard(stuck=5), Heard()
    first = stage.consumer(bind(heard.handle))
    running = asyncio.create_task(first.run())
    for number in range(20):
        await stage.send(payload(number, thread="one" if number == 5 else None))
        await until(lambda seen=number: seen == 5 or seen in heard.numbers)
    await asyncio.sleep(0.4)  # longer than it takes to commit
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    async with stage.running(bind(again.handle)):
        await until(lambda: set(heard.numbers) | set(again.numbers) == set(range(20)))
        await stage.caught_up()
    assert 5 in again.numbers


async def test_a_stop_waits_for_what_is_in_work_but_not_for_ever(stage: Stage) -> None:
    """Stopping finishes and commits the message in work; one that hangs is given up at the deadline, not committed."""
    slow, began = Heard(stuck=2), asyncio.Event()

    async def handle(received: Received[PayloadReceived]) -> None:
        began.set()
        await asyncio.sleep(0.3)
        await slow.handle(received)

    await stage.send(payload(1))
    async with stage.running(bind(handle)):
        await began.wait()
    assert slow.numbers == [1]
    assert await stage.behind() == 0
    began.clear()
    await stage.send(payload(2))
    consumer = stage.consumer(bind(handle))
    running = asyncio.create_task(consumer.run())
    await began.wait()
    async with asyncio.timeout(30):
        await consumer.stop(deadline=4)
        await running
    assert await stage.behind() == 1


async def test_a_conversation_stays_in_order(stage: Stage) -> None:
    """Handlers finish at odd times and classes alternate, yet no message overtakes another of its thread."""
    heard: dict[str, list[int]] = defaultdict(list)
    busy: set[str] = set()

    async def note(thread: str, number: int) -> None:
        assert thread not in busy
        busy.add(thread)
        await asyncio.sleep(0.001 * (number % 7))
        heard[thread].append(number)
        busy.discard(thread)

    async def handle(received: Received[PayloadReceived]) -> None:
        await note(received.event.external_id, received.event.part)

    received_one = bind(handle)

    async def handle(received: Received[InteractionDeleted]) -> None:
        await note(received.event.place.thread_id, int(received.event.interaction_id))

    for number in range(300):
        event = payload(number, "br-a", thread=f"t{number % 6}")
        if number % 4 == 3:
            place = InteractionDeleted.example().place.model_copy(update={"thread_id": f"t{number % 6}"})
            gone = {"brand_id": "br-a", "interaction_id": str(number), "place": place}
            deleted = InteractionDeleted.example().model_copy(update=gone)
            message = encode(Outgoing.first(deleted, now=deleted.seen_at), "/testing")
            await stage.producer.send_raw([message._replace(topic=stage.topic.name)])
        else:
            await stage.send(event)
    async with stage.running(received_one, bind(handle)):
        await until(lambda: sum(map(len, heard.values())) >= 300)
    assert all(numbers == sorted(numbers) for numbers in heard.values())


async def test_what_nobody_handles_is_passed_over_unread(stage: Stage) -> None:
    """A class without a handler is not even decoded, and does not hold the offset back."""
    heard = Heard()
    unread = stage.encoded(payload(1))._replace(value=b"\xff not json")
    unread.headers[:] = [(n, b"io.parvis.ingest.Unheard.v1" if n == "ce_type" else v) for n, v in unread.headers]
    await stage.producer.send_raw([unread])
    await stage.send(payload(2))
    async with stage.running(bind(heard.handle)):
        await until(lambda: heard.numbers == [2])
    assert await stage.parked("dead") == []
    assert await stage.behind() == 0


async def test_outputs_are_in_kafka_before_the_offset_is(stage: Stage) -> None:
    """What a handler returns carries its cause's correlation and trace, and is acknowledged before the cause is."""
    outputs: list[Outgoing] = []

    async def handle_batch(batch: Sequence[Received[PayloadReceived]]) -> list[Outgoing]:
        gone = InteractionDeleted.example()
        outputs.extend(received.emit(gone) for received in batch)
        return outputs

    message = stage.encoded(payload(1))
    message.headers.append(("ce_traceparent", b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"))
    await stage.producer.send_raw([message])
    async with stage.running(bind(handle_batch)):
        await until(lambda: len(outputs) > 0)
    assert "4bf92f3577b34da6a3ce929d0e0e4736" in str(outputs[0].traceparent)
    assert outputs[0].event.topic() is INTERACTIONS
    assert outputs[0].correlation_id == outputs[0].causation_id == payload(1).event_id()
