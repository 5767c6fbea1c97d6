"""Publisher's loops rest until they have something to do: none of these stories could wait for the end of a rest."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from services.publisher import app
from services.publisher.store.tokens import Tokens
from shared.commands import Answers
from tests.services.publisher.conftest import Publisher
from tests.services.publisher.test_wishes import wish
from tests.shared.bus.stage import until


@asynccontextmanager
async def at_work(publisher: Publisher) -> AsyncIterator[None]:
    """The loops go as in the app, and each has looked once."""
    floor = publisher.floor
    stores = publisher.posts, publisher.deliveries, publisher.wishes, publisher.gates
    beside = Tokens(floor.database), publisher.epochs, Answers(floor.database)
    resources = app.Resources(
        floor, publisher.sender.settings, publisher.sender.networks, *stores, *beside, publisher.calls
    )
    loops = app.outward(resources, publisher.sender, publisher.settler, publisher.driver)
    tasks = [asyncio.create_task(loop.run(floor.database)) for loop in loops]
    try:
        await until(lambda: all(loop.stats()["last_run"] for loop in loops))
        await asyncio.sleep(0.6)  # the shortest pause of the slowest of them
        yield
    finally:
        for loop in loops:
            loop.stop()
        await asyncio.gather(*tasks)


@pytest.fixture(autouse=True)
def _long_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.publisher.app.REST", 3600.0)


async def test_a_wish_is_driven_at_once(publisher: Publisher) -> None:
    """Whoever states it wakes the loop."""
    async with at_work(publisher):
        await publisher.wishes.state_wishes([wish(publisher, "hide", 1, by_person=False, number=9)])
        await until(lambda: publisher.wall.changes == [("hide", "c1")])


async def test_what_is_written_goes_out_though_no_event_tells_of_it(publisher: Publisher) -> None:
    """As an answer of a person does: it has no event before it has left."""
    async with at_work(publisher):
        await publisher.plan_post("At once")
        await until(lambda: [text for _, text in publisher.wall.created] == ["At once"])


async def test_a_post_leaves_when_it_is_due(publisher: Publisher) -> None:
    """Nobody wakes the loop then: it knew of the next one when it lay down."""
    due = await publisher.floor.database.now() + timedelta(seconds=5)
    await publisher.plan_post("In a while", due)
    planned = await publisher.deliveries.due_in()
    assert planned is not None
    assert 0 < planned <= 5
    async with at_work(publisher):
        await until(lambda: [text for _, text in publisher.wall.created] == ["In a while"])
        assert await publisher.floor.database.now() >= due


async def test_a_channel_that_opens_again_is_sent_to_at_once(publisher: Publisher) -> None:
    """What waited for its network's rate limit wakes the loop then."""
    line = publisher.channel.network, publisher.channel.channel_id
    publisher.calls.shut(line, 3600.0)
    await publisher.plan_post("Patience")
    async with at_work(publisher):
        assert publisher.wall.created == []
        publisher.calls.reopen(line)
        await until(lambda: [text for _, text in publisher.wall.created] == ["Patience"])
