"""A post goes out once, whatever its network does in between."""

import asyncio
from datetime import timedelta

import pytest

from shared.errors import NotSent, OutcomeUnknown
from shared.networks.capabilities import RateLimited, Refused
from tests.services.publisher.conftest import Publisher


async def test_what_is_due_goes_out_once_and_its_post_ends(publisher: Publisher) -> None:
    """Further turns find nothing to do; the facts are told once."""
    post_id = await publisher.plan_post("bonjour")
    await publisher.turn(3)
    assert await publisher.state(post_id) == "confirmed"
    assert len(publisher.wall.created) == 1
    assert publisher.told == ["DeliveryConfirmed", "PostPublished"]


async def test_two_replicas_that_see_the_same_due_post_send_it_once(publisher: Publisher) -> None:
    """The claim is a compare-and-set: ten turns at once, one call."""
    await publisher.plan_post("bonjour")
    await asyncio.gather(*(publisher.sender.send_due() for _ in range(10)))
    await publisher.settle_calls()
    assert len(publisher.wall.created) == 1


async def test_a_commit_whose_answer_was_lost_is_found_and_adopted(publisher: Publisher) -> None:
    """The network has it; nobody sends it again."""
    publisher.wall.plan = [("after", OutcomeUnknown("reset"))]
    post_id = await publisher.plan_post("bonjour")
    await publisher.turn(4)
    assert await publisher.state(post_id) == "confirmed"
    assert len(publisher.wall.created) == 1
    assert publisher.told == ["DeliveryUnsettled", "DeliveryConfirmed", "PostPublished"]


async def test_an_unknown_outcome_is_sent_again_only_after_every_look_was_empty(publisher: Publisher) -> None:
    """Two looks are asked for: after the first it is still unknown, after the second it is proved absent."""
    publisher.wall.plan = [("before", OutcomeUnknown("stalled"))]
    post_id = await publisher.plan_post("bonjour")
    await publisher.sender.send_due()
    await publisher.settle_calls()
    assert await publisher.state(post_id) == "unknown"
    await publisher.settler.settle_due()
    await publisher.settle_calls()
    assert (publisher.wall.looks, publisher.wall.created) == (1, [])
    assert await publisher.state(post_id) == "unknown"
    await asyncio.sleep(0.3)
    await publisher.turn(3)
    assert await publisher.state(post_id) == "confirmed"
    assert len(publisher.wall.created) == 1


async def test_the_same_text_posted_twice_is_two_posts(publisher: Publisher) -> None:
    """What one delivery has adopted, another cannot: the second is really sent."""
    await publisher.plan_post("bonjour")
    await publisher.turn()
    publisher.wall.plan = [("before", OutcomeUnknown("stalled"))]
    second = await publisher.plan_post("bonjour")
    for _ in range(5):
        await publisher.turn()
        await asyncio.sleep(0.1)
    assert await publisher.state(second) == "confirmed"
    assert len(publisher.wall.created) == 2


@pytest.mark.parametrize("error", [NotSent("no connection"), RateLimited(0.0)])
async def test_what_was_proved_not_sent_is_tried_again(publisher: Publisher, error: Exception) -> None:
    """A refused connection or a rate limit creates nothing: it leaves a little later, without any look."""
    publisher.wall.plan = [("before", error)]
    post_id = await publisher.plan_post("bonjour")
    await publisher.turn()
    assert await publisher.state(post_id) == "scheduled"
    await asyncio.sleep(0.6)
    await publisher.turn()
    assert await publisher.state(post_id) == "confirmed"
    assert publisher.wall.looks == 0


async def test_a_refusal_is_final_and_says_why(publisher: Publisher) -> None:
    """The post failed; its reason is the network's own; nothing is sent again by itself."""
    publisher.wall.plan = [("before", Refused("too long", "400"))]
    post_id = await publisher.plan_post("bonjour")
    await publisher.turn(3)
    assert await publisher.state(post_id) == "rejected"
    assert publisher.wall.created == []
    assert publisher.told == ["DeliveryFailed", "PostChanged"]


async def test_what_a_dead_process_was_sending_is_looked_for_never_sent_again(publisher: Publisher) -> None:
    """It died between its mark and the answer: its lease runs out, the outcome is unknown, a look finds it."""
    post_id = await publisher.plan_post("bonjour")
    (claimed,) = await publisher.deliveries.claim(
        await publisher.posts.deliveries(publisher.brand.brand_id, post_id), "token"
    )
    sending = await publisher.deliveries.mark_sending(claimed, "digest", 0.0)
    assert sending is not None
    publisher.wall.created.append(("r-before-death", "bonjour"))
    past = await publisher.floor.database.now() - timedelta(minutes=5)
    await publisher.deliveries.change(sending, {"lease_until": past})
    await publisher.turn(3)
    assert await publisher.state(post_id) == "confirmed"
    assert len(publisher.wall.created) == 1


@pytest.mark.parametrize("marked", [False, True])
async def test_the_next_process_of_that_name_settles_what_a_killed_one_held(publisher: Publisher, marked: bool) -> None:
    """It need not wait for the lease: what was claimed is sent, what was being sent is looked for first."""
    post_id = await publisher.plan_post("bonjour")
    planned = await publisher.posts.deliveries(publisher.brand.brand_id, post_id)
    (claimed,) = await publisher.deliveries.claim(planned, "token", "publisher-0")
    if marked:
        await publisher.deliveries.mark_sending(claimed, "digest", 0.0)
        publisher.wall.created.append(("r-before-death", "bonjour"))
    await publisher.deliveries.take_back("publisher-1")
    await publisher.turn(3)
    assert await publisher.state(post_id) == ("sending" if marked else "claimed")
    await publisher.deliveries.take_back("publisher-0")
    await publisher.turn(3)
    assert await publisher.state(post_id) == "confirmed"
    assert len(publisher.wall.created) == 1


async def test_after_a_restore_what_was_due_before_it_is_looked_for_first(publisher: Publisher) -> None:
    """The store forgot that it went out; the network did not."""
    now = await publisher.floor.database.now()
    post_id = await publisher.plan_post("bonjour", due=now - timedelta(minutes=2))
    publisher.wall.created.append(("r-before-restore", "bonjour"))
    await publisher.epochs._rows.insert({"_id": "epoch", "value": 1, "raised_at": now})
    await publisher.turn(3)
    assert await publisher.state(post_id) == "confirmed"
    assert len(publisher.wall.created) == 1
    assert publisher.wall.looks >= 1


async def test_what_is_too_late_waits_for_a_person(publisher: Publisher) -> None:
    """Due longer ago than the brand allows: it is listed as late, and nothing leaves."""
    now = await publisher.floor.database.now()
    post_id = await publisher.plan_post("bonjour", due=now - timedelta(minutes=31))
    await publisher.turn(2)
    assert await publisher.state(post_id) == "late"
    assert publisher.wall.created == []
    assert publisher.told == ["PostChanged"]


async def test_a_hundred_posts_due_at_once_each_go_out_once(publisher: Publisher) -> None:
    """Over one channel, four at a time."""
    for n in range(100):
        await publisher.plan_post(f"bonjour {n}")
    for _ in range(60):
        await publisher.sender.send_due()
        await publisher.settle_calls()
    assert sorted(text for _, text in publisher.wall.created) == sorted(f"bonjour {n}" for n in range(100))
