"""Open pages hear that something changed, of their own brands alone."""

import asyncio
import itertools
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from html import unescape
from typing import Any

import pytest

from services.console.bells import Bells
from services.console.consuming import handlers, lanes
from services.console.loops.ring import Ringer
from services.console.pages import live
from services.console.visits import Visit
from shared.events.catalogue import event_classes
from shared.mongo.changes import Doorbell
from shared.mongo.database import Database
from shared.service import utc_now
from tests.services.console.house import Clock, House
from tests.services.console.visitor import Visitor

NOT_SHOWN = {"PolicyChanged"}


async def test_a_page_hears_of_its_brands_alone() -> None:
    """A doorbell names topics, and rings where the brand is looked at."""
    bells, stopping = Bells(utc_now), asyncio.Event()
    async with bells.listen(["mine"]) as listener:
        bells.ring("interactions", "yours")
        assert await listener.wait(0.01, stopping) == frozenset()
        bells.ring("interactions", "mine")
        bells.ring("posts", "mine")
        assert await listener.wait(1, stopping) == {"inbox", "cases", "shell", "posts"}
    assert not bells.heard


async def test_what_rang_while_the_page_was_on_its_way_is_heard(clock: Clock) -> None:
    """Since the page was made, not what it showed already; of its own brands."""
    bells, stopping = Bells(clock), asyncio.Event()
    bells.ring("posts", "mine")
    clock.forward(seconds=60)
    made_at = clock()
    clock.forward(seconds=1)
    bells.ring("people", "mine")
    bells.ring("holds", "yours")
    async with bells.listen(["mine"], made_at) as late, bells.listen(["mine"]) as without:
        assert await late.wait(1, stopping) == {"insights", "people"}
        assert await without.wait(0.01, stopping) == frozenset()


async def test_a_page_asks_for_what_changed_since_it_was_made(
    house: House, omar: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its stream begins with that; an address with another moment in it, or none, is answered too."""
    monkeypatch.setattr(live, "HEARTBEAT", 0.05)
    monkeypatch.setattr(live, "NOT_MORE_OFTEN", 0.0)
    looks = itertools.cycle([False, True])

    async def at_second_look(_: Visit) -> bool:
        return next(looks)

    monkeypatch.setattr(live, "_is_over", at_second_look)
    page = await omar.open("/all/inbox")
    address = unescape(re.search(r'data-stream="([^"]+)"', page.text)[1])
    before = re.sub("since=.*", "", address)
    house.console.bells.ring("people", house.brand("second"))
    assert "data: insights people\n" in (await omar.client.get(address)).text
    for other in ("", "since=", "since=soon", "since=nan", "since=1e300", "since=253402300799"):
        told = await omar.client.get(before + other)
        assert (told.status_code, "doorbell" in told.text) == (200, False)
    assert "doorbell" in (await omar.client.get(f"{before}since=-62135596800")).text


async def test_a_stopping_process_lets_its_streams_go() -> None:
    """No open page holds up the end of the process."""
    bells, stopping = Bells(utc_now), asyncio.Event()
    async with bells.listen(["mine"]) as listener:
        stopping.set()
        async with asyncio.timeout(10):
            assert await listener.wait(60, stopping) == frozenset()


async def test_a_change_in_the_database_rings(house: House) -> None:
    """From the write to the doorbell in well under a second, without asking."""
    bells, stopping = house.console.bells, asyncio.Event()
    ringer = Ringer(house.console.floor.database, bells)
    async with ringer.following(), bells.listen([house.brand("first")]) as listener:
        await listener.wait(10, stopping)  # the stream's own "read once now"
        await house.hears("first", "Ding")
        assert "inbox" in await listener.wait(10, stopping)


class Watched:
    """A database, and how many of its streams are open."""

    def __init__(self, database: Database) -> None:
        self.open = 0
        self.system = database.system
        self._database = database

    async def changes(self, *collections: str) -> AsyncGenerator[Doorbell, None]:
        """The database's own."""
        self.open += 1
        try:
            async with aclosing(self._database.changes(*collections)) as bells:
                async for bell in bells:
                    yield bell
        finally:
            self.open -= 1


async def test_a_stream_is_open_while_somebody_listens(house: House) -> None:
    """The first change after the last page was closed ends it; the next page that is opened has one again."""
    bells, stopping = house.console.bells, asyncio.Event()
    database: Any = Watched(house.console.floor.database)
    async with Ringer(database, bells, linger=0.0).following():
        for _ in range(2):
            await asyncio.sleep(0)
            assert database.open == 0
            async with bells.listen([house.brand("first")]) as listener:
                await listener.wait(10, stopping)
                await house.hears("first", "Ding")
                assert "inbox" in await listener.wait(10, stopping)
            await house.hears("first", "Dong")
            async with asyncio.timeout(10):
                while database.open:  # noqa: ASYNC110 - only the stream itself knows
                    await asyncio.sleep(0.05)


async def test_a_poll_finds_what_a_broken_stream_missed(house: House) -> None:
    """Without any stream the next poll rings."""
    bells, stopping = house.console.bells, asyncio.Event()
    ringer = Ringer(house.console.floor.database, bells)
    async with bells.listen([house.brand("first")]) as listener:
        await house.hears("first", "Ding")
        await ringer.poll()
        assert "inbox" in await listener.wait(1, stopping)


async def test_every_fact_that_people_should_see_is_read(house: House) -> None:
    """Each event of the streams we follow has its handler."""
    followed = {lane.topic for lane in lanes(house.console)}
    wanted = {cls for cls in event_classes() if cls.TOPIC in followed and cls.__name__ not in NOT_SHOWN}
    assert {handler.event_class for handler in handlers(house.console)} == wanted
