"""What became of an unknown outcome is found out by looking: long enough, and for one delivery at a time."""

import asyncio
from datetime import timedelta
from typing import Any

from services.publisher.api.shapes import Settlement
from shared.errors import OutcomeUnknown
from tests.services.publisher.conftest import Publisher
from tests.services.publisher.test_late import reply_to


async def send(publisher: Publisher) -> None:
    """Only the sender's turn."""
    await publisher.sender.send_due()
    await publisher.settle_calls()


async def look(publisher: Publisher) -> None:
    """Only the settler's turn, whenever it was due."""
    rows = publisher.floor.database.system("deliveries")
    await rows.update_many({"state": "unknown"}, [{"$set": {"look_at": "$$NOW"}}])
    await publisher.settler.settle_due()
    await publisher.settle_calls()


async def test_empty_looks_prove_nothing_while_the_network_may_still_carry_it_out(publisher: Publisher) -> None:
    """All looks are done, the network's bound has not passed: it stays unknown, and is found when it appears."""
    publisher.wall.commit_bound = 60.0
    publisher.wall.plan = [("before", OutcomeUnknown("stalled"))]
    post_id = await publisher.plan_post("bonjour")
    await send(publisher)
    for _ in range(4):
        await look(publisher)
    assert (await publisher.state(post_id), publisher.wall.created) == ("unknown", [])
    publisher.wall.created.append(("r-late", "bonjour"))
    await look(publisher)
    assert await publisher.state(post_id) == "confirmed"
    assert len(publisher.wall.created) == 1


async def test_a_look_that_began_too_early_proves_nothing_however_late_its_answer_comes(publisher: Publisher) -> None:
    """The network committed after the look began; its slow answer, given after the bound, does not show it."""
    publisher.wall.commit_bound = 5.0
    publisher.wall.plan = [("before", OutcomeUnknown("stalled"))]
    post_id = await publisher.plan_post("bonjour")
    await send(publisher)
    await look(publisher)
    publisher.wall.look_stalls = asyncio.Event()
    slow = asyncio.create_task(look(publisher))
    async with asyncio.timeout(30):
        while publisher.wall.looks < 2:  # noqa: ASYNC110 - the wall tells nobody
            await asyncio.sleep(0.01)
    publisher.wall.created.append(("r-late", "bonjour"))
    (delivery,) = await publisher.posts.deliveries(publisher.brand.brand_id, post_id)
    bound = delivery["deadline_at"] + timedelta(seconds=publisher.wall.commit_bound)
    await asyncio.sleep((bound - await publisher.floor.database.now()).total_seconds() + 0.2)
    publisher.wall.look_stalls.set()
    await slow
    assert await publisher.state(post_id) == "unknown"
    await look(publisher)
    assert await publisher.state(post_id) == "confirmed"
    assert len(publisher.wall.created) == 1


async def test_two_that_look_alike_are_a_persons_to_tell_apart(publisher: Publisher) -> None:
    """Neither is adopted by chance. The person's word ends the delivery and its post, and answers with the post."""
    publisher.wall.created = [("r-yesterday", "bonjour"), ("r-today", "bonjour")]
    publisher.wall.plan = [("before", OutcomeUnknown("reset"))]
    post_id = await publisher.plan_post("bonjour")
    await send(publisher)
    await look(publisher)
    (delivery,) = await publisher.posts.deliveries(publisher.brand.brand_id, post_id)
    assert (delivery["state"], delivery["remote_id"]) == ("stranded", "")
    assert publisher.told[-1] == "DeliveryStranded"
    said = Settlement(outcome="confirmed", remote_id="r-today")
    answer = await publisher.answering().settle(publisher.who("tom"), delivery["_id"], said)
    assert (answer.body["post_id"], answer.body["state"]) == (post_id, "published")
    assert [one["state"] for one in answer.body["deliveries"]] == ["confirmed"]
    assert publisher.told[-2:] == ["DeliveryConfirmed", "PostPublished"]


async def test_two_looks_at_once_adopt_one_thing_once(publisher: Publisher) -> None:
    """Two posts of the same words, one of them there: one has it, the other is proved absent and really sent."""
    publisher.wall.plan = [("after", OutcomeUnknown("reset")), ("before", OutcomeUnknown("stalled"))]
    posts = [await publisher.plan_post("bonjour") for _ in range(2)]
    await send(publisher)
    publisher.wall.look_takes = 0.2
    await look(publisher)
    assert sorted([await publisher.state(one) for one in posts]) == ["confirmed", "unknown"]
    publisher.wall.look_takes = 0.0
    for _ in range(3):
        await look(publisher)
        await send(publisher)
    assert [await publisher.state(one) for one in posts] == ["confirmed", "confirmed"]
    assert len(publisher.wall.created) == 2
    rows = await publisher.floor.database.system("deliveries").find({})
    assert {row["remote_id"] for row in rows} == {"r0", "r1"}


async def test_a_network_that_always_names_anothers_thing_is_not_asked_for_ever(publisher: Publisher) -> None:
    """It refuses the same words twice and names the first: looked for once, then a person says."""
    answering = publisher.answering()
    first = await answering.reply(publisher.who(), reply_to(publisher, reply_id="r1"))
    await send(publisher)
    publisher.wall.names = "r0"
    second = await answering.reply(publisher.who(), reply_to(publisher, reply_id="r2"))
    for _ in range(6):
        await send(publisher)
        await look(publisher)
        await asyncio.sleep(0.1)
    states = [await state_of(publisher, one.body["action_id"]) for one in (first, second)]
    assert states == ["confirmed", "stranded"]
    assert publisher.told == ["ActionTaken", "ActionUnsettled", "ActionUnsettled"]


async def state_of(publisher: Publisher, delivery_id: Any) -> str:
    """The state of one delivery."""
    return str((await publisher.posts.delivery(publisher.brand.brand_id, delivery_id))["state"])
