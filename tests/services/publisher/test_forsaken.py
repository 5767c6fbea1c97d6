"""What a killed process had in hand is seen to by another, and the dead one does no harm when it was only asleep."""

import time
from datetime import timedelta

from shared.networks.capabilities import Published
from tests.services.publisher.conftest import Publisher
from tests.services.publisher.test_wishes import wish


async def forget(publisher: Publisher, delivery: dict[str, object]) -> None:
    """Its lease ran out long ago."""
    past = await publisher.floor.database.now() - timedelta(minutes=5)
    await publisher.deliveries.change(delivery, {"lease_until": past})


async def test_what_was_claimed_and_not_marked_leaves_once(publisher: Publisher) -> None:
    """Nothing had left: no look is needed. Whoever claimed it first sends nothing when it awakes."""
    post_id = await publisher.plan_post("bonjour")
    (claimed,) = await publisher.deliveries.claim(await publisher.deliveries.due(1), "asleep")
    await forget(publisher, claimed)
    await publisher.turn(2)
    assert (await publisher.state(post_id), publisher.wall.looks) == ("confirmed", 0)
    await publisher.sender._send(claimed, time.monotonic())
    assert len(publisher.wall.created) == 1
    assert publisher.told == ["DeliveryConfirmed", "PostPublished"]


async def test_an_answer_that_comes_after_the_lease_decides_nothing(publisher: Publisher) -> None:
    """Its delivery was taken over as unknown; the look finds what it created, and it is told once."""
    post_id = await publisher.plan_post("bonjour")
    (claimed,) = await publisher.deliveries.claim(await publisher.deliveries.due(1), "asleep")
    sending = await publisher.deliveries.mark_sending(claimed, "digest", 0.0)
    assert sending is not None
    await forget(publisher, sending)
    publisher.wall.blind = True
    await publisher.settler.settle_due()
    await publisher.settle_calls()
    publisher.wall.created.append(("r-asleep", "bonjour"))
    await publisher.sender._confirm(sending, Published("r-asleep"))
    assert await publisher.state(post_id) == "unknown"
    publisher.wall.blind = False
    rows = publisher.floor.database.system("deliveries")
    await rows.update_many({"state": "unknown"}, [{"$set": {"look_at": "$$NOW"}}])
    await publisher.turn(2)
    assert (await publisher.state(post_id), len(publisher.wall.created)) == ("confirmed", 1)
    assert publisher.told == ["DeliveryUnsettled", "DeliveryConfirmed", "PostPublished"]


async def test_a_dead_workers_wish_is_driven_by_another_and_told_once(publisher: Publisher) -> None:
    """Its claim ends with its lease; what it still says afterwards is not heard."""
    await publisher.wishes.state_wishes([wish(publisher, "hide", 1, by_person=False, number=9)])
    (claimed,) = await publisher.wishes.claim(await publisher.wishes.due(1), "asleep")
    await publisher.turn()
    assert publisher.wall.changes == []
    await publisher.floor.database.system("wishes").update_many({}, [{"$set": {"next_at": "$$NOW"}}])
    await publisher.turn()
    await publisher.driver._drive(claimed)
    assert publisher.told == ["ActionTaken"]
