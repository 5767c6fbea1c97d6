"""A post gets another time: what is scheduled leaves then, a plan moves, and what is under way stays where it is."""

from datetime import datetime, timedelta

import pytest

from services.publisher.api.shapes import Draft, Schedule
from shared.errors import Conflict
from shared.events.publisher.parts import RenditionPart
from shared.problems import Problem
from tests.services.publisher.conftest import Publisher


async def drafted(publisher: Publisher, **planned: datetime) -> str:
    """A draft for the one channel."""
    to = publisher.channel
    rendition = RenditionPart(channel_id=to.channel_id, network=to.network, text="bonjour")
    answer = await publisher.desk().draft(publisher.who(), Draft.model_validate({"renditions": [rendition], **planned}))
    return str(answer.body["post_id"])


async def scheduled(publisher: Publisher, due_at: datetime) -> str:
    """A post that leaves at that time."""
    desk, post_id = publisher.desk(), await drafted(publisher)
    await desk.submit(publisher.who(), post_id)
    await desk.approve(publisher.who("tom"), post_id)
    await desk.schedule(publisher.who(), post_id, Schedule(due_at=due_at))
    return post_id


async def test_what_is_scheduled_leaves_at_its_new_time(publisher: Publisher) -> None:
    """Its delivery has the new time, and readers are told that it is scheduled."""
    now = await publisher.floor.database.now()
    post_id = await scheduled(publisher, now + timedelta(seconds=1))
    moved = await publisher.desk().reschedule(publisher.who(), post_id, Schedule(due_at=now + timedelta(days=1)))
    assert (moved.body["state"], moved.body["due_at"]) == ("scheduled", (now + timedelta(days=1)).isoformat())
    assert [one["due_at"] for one in moved.body["deliveries"]] == [moved.body["due_at"]]
    assert publisher.told[-1] == "PostScheduled"


async def test_the_plan_of_a_draft_moves_and_nothing_leaves(publisher: Publisher) -> None:
    """A draft has the time it is meant for; its text may change and its approval be asked for, the plan stays."""
    desk, now = publisher.desk(), await publisher.floor.database.now()
    post_id = await drafted(publisher, due_at=now + timedelta(days=1))
    moved = await desk.reschedule(publisher.who(), post_id, Schedule(due_at=now + timedelta(days=2)))
    assert (moved.body["state"], moved.body["deliveries"], publisher.told[-1]) == ("draft", [], "PostChanged")
    changed = await desk.change(publisher.who(), post_id, Draft(title="Autre"))
    assert changed.body["due_at"] == moved.body["due_at"]


async def test_nothing_is_moved_into_the_past(publisher: Publisher) -> None:
    """By the database's clock; the post keeps its time."""
    now = await publisher.floor.database.now()
    post_id = await scheduled(publisher, now + timedelta(days=1))
    with pytest.raises(Problem, match="that time has passed"):
        await publisher.desk().reschedule(publisher.who(), post_id, Schedule(due_at=now))
    assert (await publisher.stored(post_id))["due_at"] == now + timedelta(days=1)


async def test_what_leaves_or_has_left_stays_where_it_is(publisher: Publisher) -> None:
    """409 in the post's own shape: claimed, and published."""
    desk, now = publisher.desk(), await publisher.floor.database.now()
    post_id = await scheduled(publisher, now)
    later = Schedule(due_at=now + timedelta(days=1))
    await publisher.deliveries.claim(await publisher.deliveries.due(1), "token")
    with pytest.raises(Conflict, match="already claimed") as refused:
        await desk.reschedule(publisher.who(), post_id, later)
    assert (refused.value.current or {})["deliveries"][0]["state"] == "claimed"
    second = await scheduled(publisher, now)
    await publisher.turn(2)
    with pytest.raises(Conflict, match="published"):
        await desk.reschedule(publisher.who(), second, later)


async def test_what_was_late_leaves_at_its_new_time(publisher: Publisher) -> None:
    """A person moved it: it waits for that time and then is not late."""
    now = await publisher.floor.database.now()
    post_id = await publisher.plan_post("bonjour", due=now - timedelta(hours=1))
    await publisher.turn()
    later = Schedule(due_at=now + timedelta(hours=1))
    moved = await publisher.desk().reschedule(publisher.who(), post_id, later)
    assert (moved.body["state"], await publisher.state(post_id)) == ("scheduled", "scheduled")
