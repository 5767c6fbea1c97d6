"""Of one interaction one call is under way at a time, so that the network ends as the newest wish says."""

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from services.publisher.loops.drive_visibility import Driver
from services.publisher.store.wishes import Wish
from shared.errors import NotSent, OutcomeUnknown
from shared.networks.capabilities import Account, Refused, Target, VisibilityResult
from tests.services.publisher.conftest import Publisher
from tests.services.publisher.test_wishes import wish
from tests.services.publisher.wall import Wall


@dataclass
class SlowToHide(Wall):
    """A network that hides only when a story lets it."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)

    async def hide(self, account: Account, target: Target) -> VisibilityResult:
        """Remembers, when it may."""
        self.begun.set()
        await self.may_end.wait()
        return await super().hide(account, target)


def patient(publisher: Publisher) -> Driver:
    """A driver that gives up on no call while a story lasts."""
    return replace(publisher.driver, settings=publisher.driver.settings.model_copy(update={"request_timeout": 600.0}))


async def hidden_by_a_process(publisher: Publisher) -> Wish:
    """A hide that `publisher-0` has claimed, and a newer wish to show."""
    await publisher.wishes.state_wishes([wish(publisher, "hide", 1, by_person=False, number=9)])
    (claimed,) = await publisher.wishes.claim(await publisher.wishes.due(1), "first", "publisher-0")
    await publisher.wishes.state_wishes([wish(publisher, "show", 2, by_person=True, number=9)])
    return claimed


@pytest.mark.parametrize("error", [None, Refused("no", "403"), NotSent("no route"), OutcomeUnknown("reset")])
async def test_a_newer_wish_waits_for_the_end_of_the_older_call(publisher: Publisher, error: Exception | None) -> None:
    """However the older call ends, the newer is called after it, at once, and is what the network did last."""
    wall = publisher.network("wall", SlowToHide(plan=[] if error is None else [("", error)]))
    driver = patient(publisher)
    await publisher.wishes.state_wishes([wish(publisher, "hide", 1, by_person=False, number=9)])
    await driver.drive_due()
    await wall.begun.wait()
    for revision in (2, 3):
        await publisher.wishes.state_wishes([wish(publisher, "show", revision, by_person=True, number=9)])
        assert await publisher.wishes.due(1) == []
    wall.may_end.set()
    await publisher.settle_calls()
    await driver.drive_due()
    await publisher.settle_calls()
    assert wall.changes == [("hide", "c1")] * (error is None) + [("show", "c1")]
    assert publisher.told == ["ActionTaken"]


async def test_what_waits_to_be_tried_again_keeps_no_newer_wish_waiting(publisher: Publisher) -> None:
    """Its call has ended: nothing is under way while the network is left alone."""
    await publisher.wishes.state_wishes([wish(publisher, "hide", 1, by_person=False, number=9)])
    (claimed,) = await publisher.wishes.claim(await publisher.wishes.due(1), "first")
    await publisher.wishes.later(claimed, 600.0, "not sent")
    await publisher.wishes.state_wishes([wish(publisher, "show", 2, by_person=True, number=9)])
    assert [one["wanted"] for one in await publisher.wishes.due(1)] == ["show"]


async def test_a_newer_wish_goes_when_the_process_of_the_older_is_back(publisher: Publisher) -> None:
    """What a killed process had called keeps the newer wish waiting no longer than that."""
    await hidden_by_a_process(publisher)
    assert await publisher.wishes.due(1) == []
    await publisher.wishes.take_back("publisher-0")
    await publisher.turn()
    assert publisher.wall.changes == [("show", "c1")]


@pytest.mark.parametrize("end", ["conclude", "later"])
async def test_a_late_end_of_a_claim_that_ran_out_frees_nothing(publisher: Publisher, end: str) -> None:
    """The newer wish is another worker's by then, whose call stays the only one."""
    old = await hidden_by_a_process(publisher)
    await publisher.floor.database.system("wishes").update_many({}, [{"$set": {"next_at": "$$NOW"}}])
    (new,) = await publisher.wishes.claim(await publisher.wishes.due(1), "second", "publisher-1")
    if end == "later":
        await publisher.wishes.later(old, 0.0, "not sent")
    else:
        await publisher.floor.database.transact(lambda tx: publisher.wishes.conclude([(old, "done", {})], tx=tx))
    row = await publisher.floor.database.system("wishes").get({"_id": "i1"})
    assert row == new
    assert await publisher.wishes.due(1) == []
