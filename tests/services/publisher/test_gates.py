"""What is shut does not leave: not what is planned, not what is claimed, and moderation only where it was said."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.publisher.api.gates import Gatekeeper
from services.publisher.api.shapes import Settlement
from services.publisher.domain.gate import shut_kinds, step_of
from services.publisher.handlers import on_brand_held, on_brand_released
from services.publisher.store.held import Held
from shared.bus.envelope import Received
from shared.events.console.brand_held import BrandHeld
from shared.events.console.brand_released import BrandReleased
from shared.events.event import Event
from shared.holds import ToldGates, shut_by
from tests.services.publisher.conftest import Publisher
from tests.services.publisher.test_late import reply_to

USUAL = ("replies", "posts", "spend")
ALL = ("moderation", *USUAL)


def holding(*shut: str, hold_id: str = "h1") -> dict[str, Any]:
    """A hold that shuts these steps."""
    since = datetime.now(UTC)
    return {"hold_id": hold_id, "scope": "brand", "shut": list(shut), "person": "ines", "why": "fire", "since": since}


async def tell(publisher: Publisher, seq: int, *holds: dict[str, Any]) -> dict[str, Any]:
    """Console's call; what publisher confirms of the brand."""
    told = {"gates": [{"brand_id": publisher.brand.brand_id, "seq": seq, "holds": list(holds)}]}
    keeper = Gatekeeper(publisher.floor.database, publisher.gates, Held(publisher.floor.database))
    (gate,) = (await keeper.keep(ToldGates.model_validate(told)))["gates"]
    return dict(gate)


def said(event: Event) -> Received[Any]:
    """An event as its handler gets it; the envelope is not looked at."""
    return Received(event, None, datetime.now(UTC))  # type: ignore[arg-type]


def test_a_step_is_open_only_where_no_hold_shuts_it() -> None:
    """Two holds shut what either shuts; kinds of deliveries follow their steps."""
    assert shut_by([{"shut": ["posts"]}, {"shut": ["posts", "spend"]}]) == ["posts", "spend"]
    assert shut_by([]) == []
    assert [step_of({"kind": kind}) for kind in ("reply", "post")] == ["replies", "posts"]
    assert shut_kinds({"posts": ["a"]}) == {"post": ["a"], "reply": []}


async def test_a_held_brand_says_nothing_and_says_it_after(publisher: Publisher) -> None:
    """Posts and replies wait unclaimed, on time, without a try; released step by step they leave once."""
    post_id = await publisher.plan_post("bonjour")
    await publisher.answering().reply(publisher.who(), reply_to(publisher))
    gate = await tell(publisher, 1, holding(*USUAL))
    assert (gate["shut"], gate["waiting"]) == (list(USUAL), {"replies": 1, "posts": 1})
    await publisher.turn(2)
    assert publisher.wall.created == []
    (delivery,) = await publisher.posts.deliveries(publisher.brand.brand_id, post_id)
    assert (delivery["state"], delivery["attempts"], delivery["not_sent"]) == ("scheduled", 0, 0)
    await tell(publisher, 2, holding("posts", "spend"))
    await publisher.turn(2)
    assert [text for _, text in publisher.wall.created] == ["merci"]
    await tell(publisher, 3)
    await publisher.turn(2)
    assert sorted(text for _, text in publisher.wall.created) == ["bonjour", "merci"]


async def test_a_held_brand_keeps_no_other_waiting(publisher: Publisher) -> None:
    """What is held fills nobody's turn: another brand's post leaves past any number of held ones."""
    for number in range(3):
        await publisher.plan_post(f"retenu {number}")
    await tell(publisher, 1, holding(*USUAL))
    other = publisher.connect("wall", brand_id="another")
    post_id = await publisher.plan_post("libre", channel=other)
    table = publisher.floor.database.system("deliveries")
    await table.update({"post_id": post_id}, {"$set": {"brand_id": "another"}})
    await publisher.floor.database.system("posts").update({"_id": post_id}, {"$set": {"brand_id": "another"}})
    await publisher.turn()
    assert [text for _, text in publisher.wall.created] == ["libre"]


async def test_what_was_claimed_before_the_hold_does_not_leave_either(publisher: Publisher) -> None:
    """The second reading: after it is marked as sending, before the first byte."""
    post_id = await publisher.plan_post("bonjour")
    (claimed,) = await publisher.deliveries.claim(await publisher.deliveries.due(1), "claimed before")
    await tell(publisher, 1, holding(*USUAL))
    await publisher.sender._send(claimed, asyncio.get_running_loop().time())
    (delivery,) = await publisher.posts.deliveries(publisher.brand.brand_id, post_id)
    assert (publisher.wall.created, delivery["state"], delivery["attempts"]) == ([], "scheduled", 1)
    assert "held" in delivery["why"]
    assert publisher.told == []


async def test_hiding_goes_on_unless_moderation_is_held_too(publisher: Publisher) -> None:
    """An insult is hidden while the brand is silent; with "moderation too" it stands until that is released."""
    wish = {
        "interaction_id": "i1",
        "brand_id": publisher.brand.brand_id,
        "place": reply_to(publisher).place.model_dump(),
        "wanted": "hide",
        "order": "1",
        "cause": "c",
        "person": "",
        "trace": None,
    }
    await tell(publisher, 1, holding(*USUAL))
    await publisher.wishes.state_wishes([wish])
    await publisher.turn()
    assert publisher.wall.changes == [("hide", "c1")]
    await tell(publisher, 2, holding(*ALL))
    await publisher.wishes.state_wishes([{**wish, "wanted": "show", "order": "2"}])
    await publisher.turn()
    assert len(publisher.wall.changes) == 1
    (claimed,) = await publisher.wishes.claim(await publisher.wishes.due(1), "claimed before")
    await publisher.driver._drive(claimed)
    assert len(publisher.wall.changes) == 1
    await tell(publisher, 3, holding(*USUAL))
    await publisher.turn()
    assert publisher.wall.changes[1:] == [("show", "c1")]


async def test_of_two_lists_of_holds_the_higher_number_stands(publisher: Publisher) -> None:
    """Call and events come in any order, doubled; a restored console counts in a higher epoch."""
    brand_id = publisher.brand.brand_id
    held = BrandHeld.example().model_copy(update={"brand_id": brand_id, "seq": 1})
    released = BrandReleased.example().model_copy(update={"brand_id": brand_id, "seq": 2})
    for _ in range(2):
        await on_brand_released.handle_batch([said(released)], publisher.gates)
        await on_brand_held.handle_batch([said(held)], publisher.gates)
    assert not await publisher.gates.is_shut(brand_id, "posts")
    await on_brand_held.handle_batch([said(held.model_copy(update={"epoch": 1}))], publisher.gates)
    assert await publisher.gates.is_shut(brand_id, "posts")
    assert (await tell(publisher, 9))["shut"] == ["replies", "posts", "spend"]


async def test_the_confirmation_tells_what_had_left_and_what_was_in_flight(publisher: Publisher) -> None:
    """One post is out, one is being sent while the hold comes: both are named, nothing else is."""
    await publisher.plan_post("parti")
    await publisher.turn()
    publisher.wall.stalls = asyncio.Event()
    await publisher.plan_post("en route")
    await publisher.sender.send_due()
    table = publisher.floor.database.system("deliveries")
    async with asyncio.timeout(30):
        while not await table.count({"state": {"$in": ["sending", "unknown"]}}):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)
    gate = await tell(publisher, 1, holding(*USUAL))
    publisher.wall.stalls.set()
    await publisher.settle_calls()
    assert [one["state"] in ("sending", "unknown") for one in gate["in_flight"]] == [True]
    assert [one["state"] for one in gate["left"]] == ["confirmed"]
    assert gate["waiting"] == {"replies": 0, "posts": 0}


@pytest.mark.parametrize(("minutes", "state"), [(20, "confirmed"), (40, "late")])
async def test_what_is_late_after_a_hold_asks_a_person(publisher: Publisher, minutes: int, state: str) -> None:
    """Up to half an hour late it leaves at the release; later than that it is listed and waits."""
    due = await publisher.floor.database.now() - timedelta(minutes=minutes)
    await tell(publisher, 1, holding(*USUAL))
    post_id = await publisher.plan_post("bonjour", due=due)
    await publisher.turn()
    assert await publisher.state(post_id) == "scheduled"
    await tell(publisher, 2)
    await publisher.turn()
    assert await publisher.state(post_id) == state


async def test_a_late_reply_can_be_dropped(publisher: Publisher) -> None:
    """It is told as failed, and nothing is sent."""
    answering = publisher.answering()
    action_id = str((await answering.reply(publisher.who(), reply_to(publisher))).body["action_id"])
    past = await publisher.floor.database.now() - timedelta(hours=1)
    await publisher.floor.database.system("deliveries").update({"_id": action_id}, {"$set": {"promised_at": past}})
    await publisher.turn()
    answer = await answering.settle(publisher.who(), action_id, Settlement(outcome="dropped"))
    await publisher.turn()
    assert (answer.body["state"], publisher.wall.created) == ("failed", [])
    assert publisher.told == ["ActionUnsettled", "ActionFailed"]
