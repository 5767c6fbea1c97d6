"""What waits a moment is handled when it is old enough, unless another message has told it by then."""

import time

from shared.bus.envelope import Received
from shared.bus.handler import bind
from shared.bus.lingering import MOST_KNOWN, MOST_MESSAGES, Known, Lingering, Lingers
from shared.bus.message import Message
from shared.bus.turns import Lane
from shared.events.ingest.interaction_deleted import InteractionDeleted
from shared.events.ingest.payload_received import PayloadReceived
from tests.shared.bus.stage import Stage, payload, until

SECONDS = 1.0
FAR = 3600.0


def message(offset: int, *, ago: float = 0.0, kind: type = PayloadReceived) -> Message:
    """A message of some age."""
    sent = round((time.time() - ago) * 1000)
    return Message("a", 0, offset, b"k", b"", {"ce_id": f"id-{offset}".encode()}, sent, kind.type_name())


async def test_it_is_handled_when_it_is_old_enough_and_not_before(stage: Stage) -> None:
    """Of three facts one was told by another message: it is passed over, the others come late; all are committed."""
    handled: dict[int, float] = {}
    known = Known()
    told = payload(2)
    known.add([told.event_id()])

    async def handle(received: Received[PayloadReceived]) -> None:
        handled[received.event.part] = time.time() - received.cause.timestamp_ms / 1000

    lane = Lane(stage.topic, lingers=Lingers(PayloadReceived, SECONDS, known))
    await stage.send(payload(1), told, payload(3))
    async with stage.running(bind(handle), lanes=[lane]):
        await until(lambda: len(handled) == 2)
        await stage.caught_up()
    assert set(handled) == {1, 3}
    assert min(handled.values()) >= SECONDS


async def test_who_stops_leaves_what_waits_to_the_next(stage: Stage) -> None:
    """Nothing that waits is committed: another consumer is given it."""
    heard: list[int] = []

    async def handle(received: Received[PayloadReceived]) -> None:
        heard.append(received.event.part)

    await stage.send(*(payload(number) for number in range(20)))
    patient = Lane(stage.topic, lingers=Lingers(PayloadReceived, FAR, Known()))
    async with stage.running(bind(handle), lanes=[patient]) as consumer:
        await until(lambda: sum(topic["lag"] for topic in consumer.stats()["topics"].values()) == 20)
    assert heard == []
    async with stage.running(bind(handle)):
        await until(lambda: sorted(heard) == list(range(20)))


def test_only_the_young_of_the_class_wait() -> None:
    """Other classes, and what is old when it is read, have their turn at once."""
    lingering = Lingering([Lingers(PayloadReceived, FAR, Known())])
    taken = [lingering.takes(one) for one in (message(1), message(2, ago=2 * FAR), message(3, kind=InteractionDeleted))]
    assert taken == [True, False, False]


def test_a_clock_that_is_ahead_delays_nothing_for_longer() -> None:
    """A message dated tomorrow waits as long as one of now."""
    lingering = Lingering([Lingers(PayloadReceived, 0.01, Known())])
    assert lingering.takes(message(1, ago=-FAR))
    time.sleep(0.02)
    assert [one.offset for one, _ in lingering.ended()] == [1]


def test_too_many_do_not_wait() -> None:
    """Memory is bounded: the oldest go first."""
    lingering = Lingering([Lingers(PayloadReceived, FAR, Known())])
    for offset in range(MOST_MESSAGES + 2):
        lingering.takes(message(offset))
    assert [one.offset for one, _ in lingering.ended()] == [0, 1]


def test_what_becomes_known_waits_no_longer() -> None:
    """What another message has told is over at once, so that nobody is taken to be behind; order is kept."""
    known = Known()
    lingering = Lingering([Lingers(PayloadReceived, FAR, known)])
    for offset in range(3):
        lingering.takes(message(offset))
    known.add(["id-0", "id-2"])
    assert [(one.offset, told) for one, told in lingering.ended()] == [(0, True)]
    known.add(["id-1"])
    assert [(one.offset, told) for one, told in lingering.ended()] == [(1, True), (2, True)]


def test_what_is_known_is_known_once_and_not_for_ever() -> None:
    """Each is forgotten when it comes, and the oldest when there are very many."""
    known = Known()
    known.add(str(number) for number in range(MOST_KNOWN + 1))
    assert [known.comes(one) for one in ("0", "1", "1", str(MOST_KNOWN))] == [False, True, False, True]
