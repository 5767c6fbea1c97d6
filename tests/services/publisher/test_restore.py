"""After a restore the store may have forgotten what left: the network is asked before anything leaves again."""

from datetime import timedelta

from services.publisher.api.shapes import Draft, Schedule
from shared.errors import OutcomeUnknown
from shared.events.publisher.parts import RenditionPart
from tests.services.publisher.conftest import Publisher


async def raise_epoch(publisher: Publisher, value: int = 1) -> None:
    """What `parvis epoch raise` does to a store."""
    update = {"$set": {"value": value}, "$currentDate": {"raised_at": True}}
    await publisher.floor.database.system("epochs").update({"_id": "epoch"}, update, upsert=True)


async def test_what_was_due_before_the_restore_leaves_once_it_is_proved_absent(publisher: Publisher) -> None:
    """Every look of a real unknown, then one call; and no look again for what was proved in this epoch."""
    now = await publisher.floor.database.now()
    post_id = await publisher.plan_post("bonjour", due=now - timedelta(minutes=2))
    await raise_epoch(publisher)
    await publisher.turn(6)
    assert await publisher.state(post_id) == "confirmed"
    assert (len(publisher.wall.created), publisher.wall.looks) == (1, 2)


async def test_what_was_due_after_the_restore_needs_one_look(publisher: Publisher) -> None:
    """It can only have left where a person sent it early: one empty look is enough."""
    now = await publisher.floor.database.now()
    post_id = await publisher.plan_post("bonjour", due=now + timedelta(seconds=60))
    await raise_epoch(publisher)
    table = publisher.floor.database.system("deliveries")
    await table.update_many({}, [{"$set": {"due_at": "$$NOW"}}])
    await publisher.turn(4)
    assert await publisher.state(post_id) == "confirmed"
    assert (len(publisher.wall.created), publisher.wall.looks) == (1, 1)


async def test_a_post_from_before_that_a_person_schedules_again_is_found(publisher: Publisher) -> None:
    """The restored store holds the approved post without its delivery; the network holds what left."""
    desk, rendition = publisher.desk(), {"channel_id": publisher.channel.channel_id, "network": "wall"}
    draft = Draft(renditions=[RenditionPart(**rendition, text="bonjour")])
    post_id = str((await desk.draft(publisher.who(), draft)).body["post_id"])
    await desk.submit(publisher.who(), post_id)
    await desk.approve(publisher.who("tom"), post_id)
    publisher.wall.created.append(("r-before-restore", "bonjour"))
    await raise_epoch(publisher)
    await desk.send(publisher.who(), post_id)
    await publisher.turn(4)
    assert await publisher.state(post_id) == "confirmed"
    assert len(publisher.wall.created) == 1


async def test_what_is_written_after_the_restore_leaves_at_once(publisher: Publisher) -> None:
    """Nothing of it can have left before."""
    await raise_epoch(publisher)
    desk = publisher.desk()
    rendition = RenditionPart(channel_id=publisher.channel.channel_id, network="wall", text="bonjour")
    post_id = str((await desk.draft(publisher.who(), Draft(renditions=[rendition]))).body["post_id"])
    await desk.submit(publisher.who(), post_id)
    await desk.approve(publisher.who("tom"), post_id)
    await desk.schedule(publisher.who(), post_id, Schedule(due_at=await publisher.floor.database.now()))
    await publisher.turn()
    assert (await publisher.state(post_id), publisher.wall.looks) == ("confirmed", 0)


async def test_what_was_under_way_in_the_backup_is_looked_for(publisher: Publisher) -> None:
    """Claimed in the store means that nothing was sent; in a restored store it means nothing at all."""
    now = await publisher.floor.database.now()
    post_id = await publisher.plan_post("bonjour", due=now - timedelta(minutes=2))
    (claimed,) = await publisher.deliveries.claim(await publisher.deliveries.due(1), "before the backup")
    await publisher.deliveries.change(claimed, {"lease_until": now - timedelta(minutes=1)})
    publisher.wall.created.append(("r-after-backup", "bonjour"))
    await raise_epoch(publisher)
    await publisher.turn(4)
    assert await publisher.state(post_id) == "confirmed"
    assert len(publisher.wall.created) == 1


async def test_an_unknown_outcome_of_this_epoch_is_settled_as_ever(publisher: Publisher) -> None:
    """The restore is long past: looks come after a call, not before it."""
    await raise_epoch(publisher)
    publisher.wall.plan = [("after", OutcomeUnknown("reset"))]
    post_id = await publisher.plan_post("bonjour", epoch=1)
    await publisher.turn(3)
    assert await publisher.state(post_id) == "confirmed"
    assert len(publisher.wall.created) == 1
