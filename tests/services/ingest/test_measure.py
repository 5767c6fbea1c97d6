"""How complete a channel is: each interaction counts once."""

import time
from datetime import datetime, timedelta

import pytest

from services.ingest.domain.memory import Memory
from services.ingest.loops.measure import Measurer
from services.ingest.store.objects import Remembered
from shared.events.ingest.channel_measured import ChannelMeasured
from tests.services.ingest.conftest import Ingest
from tests.services.ingest.square import page, thing


def minutes(number: float | None, now: datetime) -> datetime | None:
    return None if number is None else now - timedelta(minutes=number)


@pytest.mark.parametrize(
    ("webhook", "poll", "counted"),
    [
        (60, 55, "webhook"),
        (50, 55, "webhook"),
        (44, 55, "poll_only"),
        (None, 55, "poll_only"),
        (None, 5, "pending"),
        (2, None, "webhook"),
        (None, None, "pending"),
    ],
)
async def test_an_interaction_counts_as_it_came(
    ingest: Ingest, webhook: float | None, poll: float | None, counted: str
) -> None:
    """A webhook up to ten minutes after the first poll still counts as one; until then it is pending."""
    now = ingest.floor.clock()
    memory = Memory(revision=1, webhook_at=minutes(webhook, now), poll_at=minutes(poll, now))
    brand_id, channel_id = ingest.channel.brand_id, ingest.channel.channel_id
    row = Remembered("i1", brand_id, channel_id, memory, {}, said_at=now - timedelta(hours=2))
    await ingest.objects.remember([row])
    counts = await ingest.objects.arrivals(brand_id, channel_id, now - timedelta(days=1), now)
    assert counts == {"webhook": 0, "poll_only": 0, "pending": 0} | {counted: 1}


async def test_a_channel_is_measured_and_told_once(ingest: Ingest) -> None:
    """By design without webhooks, read by polls; an unchanged measure is not stated again."""
    ingest.square.pages = [page(thing("c1", said_at=ingest.floor.clock().isoformat()))]
    await ingest.poll()
    await ingest.take_in()
    measurer = Measurer(ingest.floor, ingest.networks, ingest.objects, ingest.polls)
    for _ in range(2):
        measurer.rests_until = 0.0
        await measurer.measure_all()
    told = [one for one in ingest.sent_out.events if one.channel_id == ingest.channel.channel_id]
    assert [type(one) for one in told] == [ChannelMeasured]
    assert (told[0].by_design, told[0].token, told[0].backfill_done) == (True, "ok", 1)
    assert (told[0].poll_only, told[0].pending) == (1, 0), "no webhook is waited for"


class Timed(Measurer):
    """Notes when its round began and ended."""

    began = ended = 0.0

    async def _round(self) -> None:
        self.began = time.monotonic()
        await super()._round()
        self.ended = time.monotonic()


async def test_measuring_rests_twenty_times_as_long_as_it_took(ingest: Ingest) -> None:
    """A deployment with millions of objects is measured more seldom, not all the time."""
    measurer = Timed(ingest.floor, ingest.networks, ingest.objects, ingest.polls)
    began = time.monotonic()
    await measurer.measure_all()
    ended = time.monotonic()
    shortest = measurer.ended + 20 * (measurer.ended - measurer.began)
    assert shortest <= measurer.rests_until <= ended + 20 * (ended - began)
    told = len(ingest.sent_out.events)
    ingest.connect()
    measurer.rests_until = time.monotonic() + 60
    await measurer.measure_all()
    assert len(ingest.sent_out.events) == told


async def test_a_channel_of_an_unknown_network_keeps_no_other_from_being_measured(ingest: Ingest) -> None:
    """Another version of the service knows it."""
    ingest.connect("myspace")
    await Measurer(ingest.floor, ingest.networks, ingest.objects, ingest.polls).measure_all()
    assert ingest.channel.channel_id in {one.channel_id for one in ingest.sent_out.events}
