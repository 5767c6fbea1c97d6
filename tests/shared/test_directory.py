"""Every replica knows the same agencies, brands and channels, in whatever order it heard of them."""

import asyncio
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from shared.bus.envelope import EncodedMessage, Outgoing
from shared.bus.producer import Producer
from shared.directory import Directory, Entry
from shared.events.console.agency_changed import AgencyChanged
from shared.events.console.brand_changed import BrandChanged
from shared.events.console.channel_changed import ChannelChanged
from shared.events.topics import DIRECTORY
from shared.service import utc_now
from tests.shared.bus.stage import until


def channel(**changes: Any) -> ChannelChanged:
    """The example's channel with changes."""
    return ChannelChanged.model_validate({**ChannelChanged.EXAMPLE, **changes})


def brand(**changes: Any) -> BrandChanged:
    """The example's brand with changes."""
    return BrandChanged.model_validate({**BrandChanged.EXAMPLE, **changes})


async def test_unknown_is_none() -> None:
    """What nobody stated is not there."""
    directory = Directory()
    assert (directory.agency("a"), directory.brand("b"), directory.channel("c")) == (None, None, None)
    assert directory.channel_of("facebook", "1") is None
    assert (directory.brands(), directory.channels()) == ([], [])


async def test_the_order_of_hearing_changes_nothing() -> None:
    """Any order, doubled: the higher seq wins, a raised epoch beats any seq, the newest token stays."""
    statements = [
        channel(seq=1, name="first", generation=1, renewal=0, token_sealed="one"),
        channel(seq=2, name="renewed", generation=1, renewal=1, token_sealed="two"),
        channel(seq=3, name="reconnected", generation=2, renewal=0, token_sealed="three"),
        channel(seq=1, epoch=1, name="restored", generation=1, renewal=1, token_sealed="two"),
    ]
    for order in permutations(statements):
        directory = Directory()
        for statement in (*order, *order):
            directory.learn(statement)
        known = directory.channel("ch-kerlann-fb")
        assert known is not None
        assert (known.name, known.token_sealed, known.generation) == ("restored", "three", 2)


async def test_an_account_that_moved() -> None:
    """The account of a network finds the channel that is connected now, and follows a changed account id."""
    directory = Directory()
    directory.learn(channel(channel_id="old", brand_id="b1", seq=1))
    directory.learn(channel(channel_id="new", brand_id="b2", seq=1, connected_at="2026-11-01T00:00:00Z"))
    directory.learn(channel(channel_id="old", brand_id="b1", seq=2, status="disconnected"))
    found = directory.channel_of("facebook", "1029")
    assert found is not None
    assert found.channel_id == "new"
    directory.learn(channel(channel_id="new", brand_id="b2", seq=2, account_id="77"))
    moved = directory.channel_of("facebook", "77")
    assert moved is not None
    assert moved.channel_id == "new"
    assert [one.channel_id for one in directory.channels(network="facebook", brand_id="b1")] == ["old"]


@pytest.mark.parametrize("network", ["facebook", "mastodon"])
async def test_channels_by_network(network: str) -> None:
    """A network's channels are listed without the others."""
    directory = Directory()
    directory.learn(channel(channel_id="f", seq=1))
    directory.learn(channel(channel_id="m", seq=1, network="mastodon"))
    assert [one.network for one in directory.channels(network)] == [network]


async def test_read_to_the_end_then_followed(kafka: str) -> None:
    """What was stated before is there when the directory is caught up; what comes later, and an erasure, soon after."""
    agency_id, brand_id = str(uuid4()), str(uuid4())
    now = utc_now()

    async def state(producer: Producer, *events: Entry) -> None:
        await producer.send([Outgoing.first(event, now=now) for event in events])

    async with Producer.open(kafka, source="/console") as producer:
        await state(producer, AgencyChanged(agency_id=agency_id, name="Rivage", seq=1))
        await state(producer, brand(brand_id=brand_id, agency_id=agency_id, seq=1))
        async with Directory.open(kafka) as directory:
            async with asyncio.timeout(30):
                await directory.caught_up()
            assert directory.agency(agency_id) is not None
            assert directory.brand(brand_id) is not None
            await state(producer, channel(brand_id=brand_id, channel_id=f"ch-{brand_id}", seq=1))
            await until(lambda: directory.channel(f"ch-{brand_id}") is not None)
            assert [one.channel_id for one in directory.channels(brand_id=brand_id)] == [f"ch-{brand_id}"]
            key = channel(brand_id=brand_id, channel_id=f"ch-{brand_id}", seq=1).key().encode()
            await producer.send_raw([EncodedMessage(DIRECTORY.name, key, None, [])])
            await until(lambda: directory.channel(f"ch-{brand_id}") is None)
