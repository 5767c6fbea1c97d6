"""Who goes next: every brand in its turn, lanes by their share, keys in order."""

from collections.abc import Sequence
from dataclasses import replace

from shared.bus.envelope import Received
from shared.bus.handler import bind
from shared.bus.message import Message
from shared.bus.turns import BATCH, Lane, Turns
from shared.events.ingest.payload_received import PayloadReceived
from shared.events.topics import Topic
from tests.shared.bus.stage import Stage, payload, until

MAIN, OVERFLOW, BACKFILL = Topic("main"), Topic("overflow"), Topic("backfill")
LANES = [Lane(MAIN), Lane(OVERFLOW, 0.3), Lane(BACKFILL, 0.1)]


def message(offset: int, brand: str = "br-a", *, topic: Topic = MAIN, key: str = "", kind: str = "A") -> Message:
    """A message that waits; without a key it is a conversation of its own."""
    key = f"{brand}:{key or offset}"
    return Message(topic.name, 0, offset, key.encode(), b"", {}, 0, kind, brand, order=key.encode())


def settle(turns: Turns, batch: Sequence[Message]) -> None:
    """The batch went well."""
    for each in batch:
        each.settled = True
    turns.end(batch)


def test_a_quiet_brand_goes_with_the_first() -> None:
    """Behind 5,000 messages of a storm, another brand's only message is in the very next batch."""
    turns = Turns(LANES)
    for offset in range(5000):
        turns.add(message(offset))
    turns.add(message(5000, "br-quiet"))
    assert "br-quiet" in [each.brand for each in turns.take()[:2]]


def test_a_batch_is_one_class_and_no_more_than_500() -> None:
    """A handler gets events of its class, in batches that a transaction can hold."""
    turns = Turns(LANES)
    for offset in range(1500):
        turns.add(message(offset, kind="AB"[offset % 2]))
    batches = [turns.take() for _ in range(4)]
    assert [len(batch) for batch in batches] == [BATCH, BATCH, 250, 250]
    assert all(len({each.type for each in batch}) == 1 for batch in batches)


def test_a_key_in_work_waits_for_its_end() -> None:
    """While a message of a thread is in work no other of it starts; after it, the next class of the thread may."""
    turns = Turns(LANES)
    for offset, kind in enumerate("AAB"):
        turns.add(message(offset, key="one", kind=kind))
    first = turns.take()
    assert [each.offset for each in first] == [0, 1]
    assert turns.take() == []
    settle(turns, first)
    assert [each.offset for each in turns.take()] == [2]


def test_what_was_not_settled_comes_again_first() -> None:
    """A batch that an outage ended goes back to the front, in order."""
    turns = Turns(LANES)
    for offset in range(4):
        turns.add(message(offset, key="one"))
    batch = turns.take()
    batch[0].settled = True
    turns.add(message(4, key="one"))
    turns.end(batch)
    assert [each.offset for each in turns.take()] == [1, 2, 3, 4]


def test_overflow_has_three_turns_of_ten_and_backfill_one() -> None:
    """While the main lane has work the narrower ones get their share and no more; alone they get everything."""
    turns = Turns(LANES)
    offset = 0
    taken: list[str] = []
    for _ in range(100):
        for lane in LANES:
            if not turns.waiting(lane.topic.name):
                turns.add(message(offset := offset + 1, topic=lane.topic))
        batch = turns.take()
        taken.append(batch[0].topic)
        settle(turns, batch)
    assert 28 <= taken.count("overflow") <= 30
    assert 8 <= taken.count("backfill") <= 10
    turns = Turns(LANES)
    turns.add(message(1, topic=BACKFILL))
    assert turns.take()


def test_a_closed_lane_is_left_alone() -> None:
    """A topic that the brake holds has no turn; the others go on."""
    turns = Turns(LANES)
    turns.add(message(1))
    turns.add(message(2, topic=OVERFLOW))
    assert [each.offset for each in turns.take({"main"})] == [2]
    assert turns.take({"main"}) == []


def test_counted_messages_go_by_partition() -> None:
    """A counter's batch is a stretch of one partition, for its progress is an offset there."""
    turns = Turns(LANES)
    for offset in range(900):
        turns.add(replace(message(offset), partition=offset % 2, order=offset % 2))
    batches = [turns.take() for _ in range(2)]
    assert [[each.offset for each in batch] for batch in batches] == [
        list(range(0, 900, 2)),
        list(range(1, 900, 2)),
    ]


async def test_a_storm_delays_no_other_brand(stage: Stage) -> None:
    """On a real broker: behind 5,000 messages of one brand, the quiet brand is served in the first half."""
    heard: list[str] = []

    async def handle_batch(batch: Sequence[Received[PayloadReceived]]) -> None:
        if not heard:  # who goes next is decided while all of them wait
            await until(lambda: len(batch) + consumer.stats()["topics"][single.topic.name]["waiting"] == 5001, 30)
        heard.extend(received.event.brand_id for received in batch)

    single = Stage(stage.kafka, stage.producer, stage.database)
    await single.open(partitions=1)
    await single.send(*(payload(number, "br-storm") for number in range(5000)))
    await single.send(payload(5000, "br-quiet"))
    async with single.running(bind(handle_batch), at_once=1) as consumer:
        await until(lambda: len(heard) == 5001, 60)
    await single.close()
    assert heard.index("br-quiet") < 2500
