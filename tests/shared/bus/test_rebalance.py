"""Members come and go while messages are in work."""

import asyncio
from collections import Counter

from shared.bus.consumer import Consumer, Lane
from shared.bus.envelope import Received
from shared.bus.handler import bind
from shared.bus.message import Message
from shared.bus.offsets import Offsets
from shared.bus.topics import create_topics
from shared.events.ingest.payload_received import PayloadReceived
from shared.events.topics import Topic
from tests.shared.bus.stage import Stage, payload, until

PARTITIONS = 3
ALL = list(range(PARTITIONS))


class Slow:
    """Takes its time, and notes who handled what."""

    def __init__(self, name: str, done: list[tuple[str, int]], busy: set[int]) -> None:
        self.name, self.done, self.busy = name, done, busy

    async def handle(self, received: Received[PayloadReceived]) -> None:
        number = received.event.part
        assert number not in self.busy, "two work on the same message at the same time"
        self.busy.add(number)
        await asyncio.sleep(0.05)
        self.busy.discard(number)
        self.done.append((self.name, number))


async def test_a_second_member_joins_in_the_middle(stage: Stage) -> None:
    """What is in work ends and is committed before the partitions move: nothing is lost, nothing is done twice."""
    done: list[tuple[str, int]] = []
    busy: set[int] = set()
    sent = 0
    first, second = Slow("first", done, busy), Slow("second", done, busy)
    async with stage.running(bind(first.handle), instance="0"), stage.running(bind(second.handle), instance="1"):
        while {name for name, _ in done} != {"first", "second"} or sent < 300:
            await stage.send(*(payload(sent + n, thread=f"t{n}") for n in range(20)))
            sent += 20
            await asyncio.sleep(0.05)
        await until(lambda: {number for _, number in done} == set(range(sent)))
        await stage.caught_up()
    assert max(Counter(number for _, number in done).values()) == 1


async def test_members_share_every_topic(stage: Stage) -> None:
    """Who joins takes its part of each topic, the busy one too, and the same partitions of all."""
    others = [Topic(f"{stage.topic.name}.{n}", retention_days=1) for n in range(3)]
    await create_topics(stage.kafka, others, PARTITIONS)
    lanes = [Lane(topic) for topic in (*others, stage.topic)]
    quiet = bind(Slow("", [], set()).handle)
    async with stage.running(quiet, instance="0", lanes=lanes) as first:
        await until(lambda: shares(first) == [ALL] * 4)
        async with stage.running(quiet, instance="1", lanes=lanes) as second:
            await until(lambda: shares(second) != [[]] * 4)
            await until(lambda: first.ready and second.ready)
            assert (shares(first), shares(second)) == ([ALL[:2]] * 4, [ALL[2:]] * 4)


def shares(consumer: Consumer) -> list[list[int]]:
    """The partitions that a member has of each of its topics."""
    return [topic["partitions"] for topic in consumer.stats()["topics"].values()]


def test_a_result_from_before_the_rebalance_is_dropped() -> None:
    """A handler outlives its assignment: its late result moves no offset, and the message is handled again."""
    place = ("testing.v1", 0)
    offsets = Offsets()
    offsets.assign({place})
    late = Message(*place, 0, b"k", b"", {}, 0)
    offsets.begin(late)
    offsets.assign({place})
    again = Message(*place, 0, b"k", b"", {}, 0)
    offsets.begin(again)
    offsets.finish(late)
    assert offsets.committable() == {place: 0}
    offsets.finish(again)
    assert offsets.committable() == {place: 1}
