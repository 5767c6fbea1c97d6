"""Messages that leave together, by partition: as many, and in the order, as each sender gave them."""

import asyncio
import random
from collections.abc import Sequence

import pytest

from shared.bus.envelope import Received
from shared.bus.handler import bind
from shared.bus.producer import LARGEST_MESSAGE
from shared.errors import Reject
from shared.events.ingest.payload_received import PayloadReceived
from tests.shared.bus.stage import Stage, payload, until

SENDERS, TIMES, EACH = 30, 30, 5


async def test_who_sends_at_once_goes_together(stage: Stage) -> None:
    """Thirty senders over three partitions, each whenever it likes: no sequence breaks, each message is there once."""
    await stage.send(payload(0))
    packs, heard = stage.producer._packs, []

    async def send(sender: int) -> None:
        first = 1 + sender * TIMES * EACH
        for start in range(first, first + TIMES * EACH, EACH):
            await asyncio.sleep(random.random() / 100)  # so that some add to a pack while it is being taken
            await stage.send(*(payload(number) for number in range(start, start + EACH)))

    async def handle_batch(batch: Sequence[Received[PayloadReceived]]) -> None:
        heard.extend(received.event.part for received in batch)

    await asyncio.gather(*(send(sender) for sender in range(SENDERS)))
    assert stage.producer._packs is packs  # a broken sequence would have had it replaced
    async with stage.running(bind(handle_batch)):
        await until(lambda: len(heard) > SENDERS * TIMES * EACH)
    assert sorted(heard) == list(range(SENDERS * TIMES * EACH + 1))


async def test_what_fills_many_packs_stays_in_order(stage: Stage) -> None:
    """Forty messages of one conversation, two to a pack, and one that no pack holds beside others: in order, each."""
    heard: list[int] = []

    async def handle(received: Received[PayloadReceived]) -> None:
        heard.append(received.event.part)

    sizes = [2_900_000 if number == 20 else 100_000 for number in range(40)]
    await stage.send(*(payload(number, thread="long", body="x" * size) for number, size in enumerate(sizes)))
    async with stage.running(bind(handle)):
        await until(lambda: len(heard) == 40)
    assert heard == list(range(40))


async def test_what_is_too_large_with_its_envelope_is_refused_before_it_leaves(stage: Stage) -> None:
    """A value of just the largest size: refused by us, for the broker's refusal would cost everybody the producer."""
    await stage.send(payload(0))
    packs, message = stage.producer._packs, stage.encoded(payload(1))
    with pytest.raises(Reject):
        await stage.producer.send_raw([message._replace(value=b"x" * (LARGEST_MESSAGE - len(message.key)))])
    assert stage.producer._packs is packs
