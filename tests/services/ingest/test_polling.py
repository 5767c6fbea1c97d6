"""What a poll means: nothing twice, nothing missed, nobody held up."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from services.ingest.domain import reading
from shared.errors import NotSent
from shared.events.ingest.payload_received import PayloadReceived
from shared.networks.capabilities import RateLimited, RawChange, TokenLost
from tests.services.ingest.conftest import Ingest, Noting
from tests.services.ingest.square import NOON, Square, page, texts, thing

SPAN = (NOON - timedelta(hours=1), NOON + timedelta(hours=1))


async def test_a_poll_sends_raw_only_what_is_news(ingest: Ingest) -> None:
    """The same page twice: the second time nothing is sent, until one text differs."""
    ingest.square.pages = [page(thing("c1"), thing("c2"))]
    await ingest.poll()
    assert [one.via for one in ingest.sent_out.events] == ["poll", "poll"]
    await ingest.take_in()
    ingest.square.pages = [page(thing("c1"), thing("c2", "Bonsoir"))]
    await ingest.polls.due_now(ingest.channel.channel_id)
    await ingest.poll()
    assert texts(ingest.sent_out.events) == ["Bonsoir"]


async def test_what_a_webhook_told_is_not_sent_again_by_the_first_poll(ingest: Ingest) -> None:
    """It would double what each comment costs, and say nothing: completeness counts the webhook."""
    ingest.raw(on="c1")
    await ingest.handle()
    ingest.square.pages = [page(thing("c1"))]
    await ingest.poll()
    assert ingest.sent_out.events == []


async def test_the_cursor_moves_only_after_kafka_has_everything(ingest: Ingest) -> None:
    """Kafka is away: the poll is done again from where it was."""
    ingest.square.pages = [page(thing("c1"), next=1)]
    async with Noting.open("127.0.0.1:1", source="/ingest", deadline=0.2) as away:
        await replace(ingest.reader, floor=replace(ingest.floor, producer=away)).poll_due()
        await ingest.settle()
    assert (await ingest.row()).cursor == {}
    assert away.events == []


async def test_a_stalled_network_keeps_no_other_channel_waiting(ingest: Ingest) -> None:
    """Its own reading hangs; the others are read, turn after turn."""
    slow, ingest.networks["slow"] = Square(stalls=asyncio.Event()), Square()
    ingest.networks["slow"] = slow
    for _ in range(3):
        ingest.connect("slow")
    await ingest.reader.poll_due()
    async with asyncio.timeout(30):  # less than the stalled ones are given
        while len(ingest.square.cursors) < 3:
            await ingest.polls.due_now(ingest.channel.channel_id)
            await ingest.reader.poll_due()
            await asyncio.sleep(0.05)
    assert len(slow.cursors) == 3
    assert slow.stalls is not None
    slow.stalls.set()
    await ingest.settle()


async def test_one_unreadable_object_does_not_stop_its_channel(ingest: Ingest) -> None:
    """It goes raw once, to be seen among the dead; the others come in, and the cursor moves."""
    poison = RawChange("square", "brand-account", "c9", "created", b"not json")
    ingest.square.pages = [page(thing("c1"), poison, turn=1), page(poison, turn=2)]
    await ingest.poll()
    assert sorted(one.external_id for one in ingest.sent_out.events) == ["c1", "c9"]
    await ingest.polls.due_now(ingest.channel.channel_id)
    await ingest.poll()
    assert len(ingest.sent_out.events) == 2
    assert (await ingest.row()).cursor == {"turn": 2}


async def test_a_thing_too_large_for_the_stream_is_said_and_passed_over(ingest: Ingest) -> None:
    """The channel's page says so; what is beside it comes in."""
    ingest.square.pages = [page(thing("c1", "x" * 1_000_001), thing("c2"))]
    await ingest.poll()
    assert [one.external_id for one in ingest.sent_out.events] == ["c2"]
    assert (await ingest.row()).problem == "1 things are too large"


@pytest.mark.parametrize(
    ("error", "token", "problem"),
    [
        (NotSent("no connection"), "unknown", "no connection"),
        (KeyError("data"), "unknown", "no usable answer (KeyError)"),
        (TokenLost("expired"), "lost", "expired"),
        (RateLimited(60.0), "unknown", "rate limited; retry after 60 s"),
    ],
)
async def test_whatever_a_network_answers_is_its_channels_own_trouble(
    ingest: Ingest, error: Exception, token: str, problem: str
) -> None:
    """The channel shows it and is asked later; the loop goes on."""
    ingest.square.pages = [error]
    await ingest.poll()
    row = await ingest.row()
    assert (row.token, row.problem) == (token, problem)
    await ingest.poll()
    assert len(ingest.square.cursors) == 1


def test_a_network_away_for_a_week_still_has_a_next_poll() -> None:
    """A thousand failures in a row: ten minutes, not an overflow."""
    assert reading.pause(15.0, 2000) == 600.0


async def test_what_is_missing_from_a_covered_span_is_asked_for(ingest: Ingest) -> None:
    """Absence is never a deletion: the network says what became of it, by its id."""
    ingest.square.pages = [page(thing("c1"), thing("c2"), covered=SPAN), page(thing("c1"), covered=SPAN)]
    await ingest.poll()
    await ingest.take_in()
    await ingest.polls.due_now(ingest.channel.channel_id)
    await ingest.poll()
    assert [one.external_id for one in await ingest.rereads.due(10)] == ["c2"]
    assert ingest.sent_out.events == []


async def test_what_earlier_pages_of_a_reading_saw_is_not_missing_from_its_last(ingest: Ingest) -> None:
    """A long reading covers its span only at its end: all its pages count."""
    for name in ("c1", "c2", "c3"):
        ingest.raw(on=name)
    await ingest.handle()
    ingest.square.pages = [page(thing("c1"), more=True), page(thing("c2"), covered=SPAN), page(covered=SPAN)]
    await ingest.poll(2)
    assert [one.external_id for one in await ingest.rereads.due(10)] == ["c3"]
    await ingest.polls.due_now(ingest.channel.channel_id)
    await ingest.poll()
    assert len(await ingest.rereads.due(10)) == 3


async def test_more_objects_than_a_part_holds_are_all_looked_for(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven objects of one second, three at a time: each is compared once."""
    monkeypatch.setattr("services.ingest.store.objects.A_PART", 3)
    for n in range(7):
        ingest.raw(on=f"c{n}")
    await ingest.handle()
    parts = [part async for part in ingest.objects.standing(ingest.channel.brand_id, ingest.channel.channel_id, SPAN)]
    assert [len(part) for part in parts] == [3, 3, 1]
    assert len({one.interaction_id for part in parts for one in part}) == 7


async def test_what_was_said_before_the_connection_has_its_own_lane(ingest: Ingest) -> None:
    """The first reading brings years of comments: they wait behind today's."""
    old = (ingest.channel.connected_at - timedelta(days=1)).isoformat()
    ingest.square.pages = [page(thing("c1"), thing("c2", said_at=old))]
    await ingest.poll()
    assert [one.lane for one in ingest.sent_out.events if isinstance(one, PayloadReceived)] == ["main", "backfill"]


async def test_a_channel_that_is_disconnected_is_no_longer_read(ingest: Ingest) -> None:
    """Its row stays; connected again with a new token it is read from its beginning."""
    ingest.square.pages = [page(at=7)]
    await ingest.poll()
    away = ingest.channel.model_copy(update={"status": "disconnected", "seq": 2})
    ingest.floor.directory.learn(away)
    await ingest.polls.due_now(ingest.channel.channel_id)
    await ingest.poll()
    assert len(ingest.square.cursors) == 1
    ingest.floor.directory.learn(ingest.channel.model_copy(update={"generation": 2, "seq": 3}))
    await ingest.poll()
    assert ingest.square.cursors[1:] == [{}]
