"""What is too late waits for a person: listed, and sent, moved or dropped by them."""

import asyncio
from datetime import timedelta

import pytest

from services.publisher.api.shapes import Reply, Schedule, Settlement
from services.publisher.domain.post import state_of
from shared.errors import Conflict, NotFound
from shared.events.ingest.parts import Place
from tests.services.publisher.conftest import Publisher


@pytest.mark.parametrize(
    ("states", "state"),
    [
        (["confirmed", "rejected"], "published"),
        (["rejected", "cancelled"], "failed"),
        (["confirmed", "late"], "late"),
        (["late", "scheduled"], "late"),
        (["late", "sending"], "going_out"),
        (["confirmed", "scheduled"], "going_out"),
        (["stranded", "late"], "going_out"),
    ],
)
def test_a_post_is_late_only_while_nothing_of_it_is_under_way(states: list[str], state: str) -> None:
    """A person may then send it or drop it; what is under way must end first."""
    assert state_of([{"state": one} for one in states]) == state


async def test_a_late_part_is_still_sent_when_the_other_channel_has_it_already(publisher: Publisher) -> None:
    """One network took it, the other was away for an hour: the post is late, a person sends the rest."""
    now = await publisher.floor.database.now()
    post_id = await publisher.plan_post("bonjour")
    second = publisher.connect("wall")
    table = publisher.floor.database.system("posts")
    renditions = (await publisher.stored(post_id))["renditions"]
    renditions.append({"channel_id": second.channel_id, "network": "wall", "text": "bonjour"})
    await table.update({"_id": post_id}, {"$set": {"renditions": renditions}})
    post = await publisher.stored(post_id)
    await publisher.floor.database.transact(lambda tx: publisher.posts.expect_deliveries(post, 0, now, tx=tx))
    away = {"promised_at": now - timedelta(hours=1)}
    await publisher.floor.database.system("deliveries").update({"channel_id": second.channel_id}, {"$set": away})
    await publisher.turn(2)
    assert (await publisher.stored(post_id))["state"] == "late"
    assert sorted(publisher.told) == ["DeliveryConfirmed", "PostChanged"]
    await publisher.desk().send(publisher.who(), post_id)
    await publisher.turn(2)
    assert (await publisher.stored(post_id))["state"] == "published"
    assert len(publisher.wall.created) == 2


async def test_a_late_post_can_be_dropped(publisher: Publisher) -> None:
    """Nothing of it leaves any more."""
    now = await publisher.floor.database.now()
    post_id = await publisher.plan_post("bonjour", due=now - timedelta(hours=1))
    await publisher.turn()
    await publisher.desk().cancel(publisher.who(), post_id, "over")
    await publisher.turn()
    assert (await publisher.state(post_id), publisher.wall.created) == ("cancelled", [])


def reply_to(publisher: Publisher, text: str = "merci", reply_id: str = "r1") -> Reply:
    place = Place(
        network="wall",
        channel_id=publisher.channel.channel_id,
        external_id="c1",
        thread_id="t",
        thread_external_id="p1",
    )
    return Reply(interaction_id="i1", place=place, text=text, reply_id=reply_id)


async def test_a_late_reply_is_a_persons_to_send(publisher: Publisher) -> None:
    """It is stranded and told so; "not there" sends it, once, also where the command comes twice."""
    answering = publisher.answering()
    action_id = str((await answering.reply(publisher.who(), reply_to(publisher))).body["action_id"])
    past = await publisher.floor.database.now() - timedelta(hours=1)
    table = publisher.floor.database.system("deliveries")
    await table.update({"_id": action_id}, {"$set": {"promised_at": past}})
    await publisher.turn()
    assert (publisher.told, publisher.wall.created) == (["ActionUnsettled"], [])
    for _ in range(2):
        answer = await answering.settle(publisher.who(key="once"), action_id, Settlement(outcome="absent"))
        assert (answer.body["action_id"], answer.body["state"]) == (action_id, "wanted")
    await publisher.turn(2)
    assert [text for _, text in publisher.wall.created] == ["merci"]
    with pytest.raises(Conflict):
        await answering.settle(publisher.who(), action_id, Settlement(outcome="absent"))


async def test_a_person_names_what_is_there(publisher: Publisher) -> None:
    """Stranded, then found by hand: confirmed with its id, and no second delivery can have that id."""
    answering = publisher.answering()
    replies = [reply_to(publisher, reply_id=name) for name in ("r1", "r2")]
    ids = [str((await answering.reply(publisher.who(), one)).body["action_id"]) for one in replies]
    await publisher.floor.database.system("deliveries").update_many({}, {"$set": {"state": "stranded"}})
    said = Settlement(outcome="confirmed", remote_id="w77")
    assert (await answering.settle(publisher.who(), ids[0], said)).body["state"] == "taken"
    with pytest.raises(Exception, match="another delivery has this id"):
        await answering.settle(publisher.who(), ids[1], said)


async def test_the_same_reply_again_is_the_same_reply(publisher: Publisher) -> None:
    """Another key, the same `reply_id`: nothing is sent twice; another text under it is refused."""
    answering = publisher.answering()
    first = await answering.reply(publisher.who(), reply_to(publisher))
    again = await answering.reply(publisher.who(), reply_to(publisher))
    assert again.body["action_id"] == first.body["action_id"]
    with pytest.raises(Conflict, match="another reply"):
        await answering.reply(publisher.who(), reply_to(publisher, "autre"))
    await publisher.turn(2)
    assert len(publisher.wall.created) == 1


@pytest.mark.parametrize(
    ("late_after", "minutes", "state"), [(30, 29, "confirmed"), (5, 4, "confirmed"), (5, 6, "late")]
)
async def test_how_late_is_too_late_is_the_brands_to_say(
    publisher: Publisher, late_after: int, minutes: int, state: str
) -> None:
    """Half an hour unless it says otherwise."""
    changed = {"late_after": late_after, "seq": 2} if late_after != 30 else {}
    publisher.floor.directory.learn(publisher.brand.model_copy(update=changed))
    now = await publisher.floor.database.now()
    post_id = await publisher.plan_post("bonjour", due=now - timedelta(minutes=minutes))
    await publisher.turn()
    assert await publisher.state(post_id) == state


async def test_a_late_post_can_be_moved(publisher: Publisher) -> None:
    """It has a new time: until then nothing leaves, and then it is not late."""
    now = await publisher.floor.database.now()
    post_id = await publisher.plan_post("bonjour", due=now - timedelta(hours=1))
    await publisher.turn()
    moved = await publisher.desk().schedule(publisher.who(), post_id, Schedule(due_at=now + timedelta(hours=1)))
    await publisher.turn()
    assert (moved.body["state"], publisher.wall.created) == ("scheduled", [])
    table = publisher.floor.database.system("deliveries")
    await table.update_many({}, [{"$set": {"due_at": "$$NOW"}}])  # as if that hour were over
    await publisher.turn()
    assert (await publisher.state(post_id), len(publisher.wall.created)) == ("confirmed", 1)


async def test_a_reply_that_is_pressed_twice_at_once_is_one(publisher: Publisher) -> None:
    """Two browsers, two keys, one `reply_id`: both are told of the same reply, and it leaves once."""
    answering = publisher.answering()
    for n in range(5):
        both = [answering.reply(publisher.who(), reply_to(publisher, reply_id=f"r{n}")) for _ in range(2)]
        first, second = await asyncio.gather(*both)
        assert first.body["action_id"] == second.body["action_id"]
    await publisher.turn(2)
    assert len(publisher.wall.created) == 5


async def test_nobody_answers_through_another_brands_channel(publisher: Publisher) -> None:
    """It is not even said that the channel is there."""
    strange = publisher.connect("wall", brand_id="another")
    place = reply_to(publisher).place.model_copy(update={"channel_id": strange.channel_id})
    with pytest.raises(NotFound):
        await publisher.answering().reply(publisher.who(), reply_to(publisher).model_copy(update={"place": place}))
