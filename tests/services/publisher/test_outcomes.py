"""Whatever a network answers, or does not, the delivery ends in the one state that is true."""

import asyncio

import pytest

from services.publisher.api.shapes import Schedule
from services.publisher.domain.delivery import after_trouble, pause
from services.publisher.settings import Settings
from shared.errors import NotSent, OutcomeUnknown
from shared.networks.capabilities import Gone, TokenLost
from tests.services.publisher.conftest import Publisher
from tests.services.publisher.wall import Wall


@pytest.mark.parametrize(
    ("error", "state", "why"),
    [
        (Gone("410"), "rejected", "its place is no more: 410"),
        (KeyError("id"), "unknown", "an unreadable answer (KeyError)"),
        (TimeoutError(), "unknown", "no answer in time"),
        (OutcomeUnknown("POST wall.test: ReadError"), "unknown", "POST wall.test: ReadError"),
        (NotSent("no connection"), "scheduled", "not sent: no connection"),
        (
            TokenLost("expired"),
            "scheduled",
            "the network no longer accepts the channel's token (expired); connect it again",
        ),
    ],
)
async def test_each_answer_has_its_state(publisher: Publisher, error: Exception, state: str, why: str) -> None:
    """A definite no, a proof that nothing left, or nobody knows: nothing in between, and at once."""
    publisher.wall.plan = [("before", error)]
    post_id = await publisher.plan_post("bonjour")
    await publisher.sender.send_due()
    await publisher.settle_calls()
    (delivery,) = await publisher.posts.deliveries(publisher.brand.brand_id, post_id)
    assert (delivery["state"], delivery["why"]) == (state, why)


async def test_a_token_that_cannot_be_opened_sends_nothing(publisher: Publisher) -> None:
    """The platform's key was changed: the post waits, says why, and was never marked as sending."""
    publisher.floor.directory.learn(publisher.channel.model_copy(update={"token_sealed": "AAAA", "seq": 2}))
    post_id = await publisher.plan_post("bonjour")
    await publisher.turn()
    (delivery,) = await publisher.posts.deliveries(publisher.brand.brand_id, post_id)
    assert (delivery["state"], delivery["attempts"]) == ("scheduled", 0)
    assert "connect it again" in delivery["why"]


async def test_a_channel_that_this_process_does_not_know_yet_costs_no_post(publisher: Publisher) -> None:
    """Another replica's directory is ahead: it is tried again in a moment, not refused for good."""
    publisher.floor.directory.apply(f"{publisher.brand.brand_id}:channel:{publisher.channel.channel_id}", None)
    post_id = await publisher.plan_post("bonjour")
    await publisher.turn()
    assert await publisher.state(post_id) == "scheduled"
    assert publisher.wall.created == []


async def test_a_channel_that_was_disconnected_refuses(publisher: Publisher) -> None:
    """Nobody will connect it by waiting."""
    publisher.floor.directory.learn(publisher.channel.model_copy(update={"status": "disconnected", "seq": 2}))
    post_id = await publisher.plan_post("bonjour")
    await publisher.turn()
    assert await publisher.state(post_id) == "rejected"


async def test_an_id_that_another_delivery_has_confirms_nothing(publisher: Publisher) -> None:
    """The network names what is another's: nobody knows what became of this one."""
    await publisher.plan_post("bonjour")
    await publisher.turn()
    publisher.wall.created.clear()
    second = await publisher.plan_post("bonsoir")
    await publisher.sender.send_due()
    await publisher.settle_calls()
    assert await publisher.state(second) == "unknown"


async def test_what_was_moved_meanwhile_is_not_claimed(publisher: Publisher) -> None:
    """A person gave it another time between the look at what is due and the claim."""
    post_id = await publisher.plan_post("bonjour")
    due = await publisher.deliveries.due(10)
    later = (await publisher.floor.database.now()).replace(year=2099)
    await publisher.desk().schedule(publisher.who(), post_id, Schedule(due_at=later))
    assert await publisher.deliveries.claim(due, "token") == []
    assert await publisher.state(post_id) == "scheduled"


async def test_a_process_held_up_between_mark_and_call_sends_nothing(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lease is nearly over: another may believe that nobody is sending any longer."""
    post_id = await publisher.plan_post("bonjour")
    answers = iter([True, False])
    monkeypatch.setattr(type(publisher.sender), "_has_time", lambda self, claimed_at: next(answers))
    await publisher.sender.send_due()
    await publisher.settle_calls()
    (delivery,) = await publisher.posts.deliveries(publisher.brand.brand_id, post_id)
    assert (delivery["state"], publisher.wall.created) == ("scheduled", [])


async def test_a_network_that_cannot_be_asked_leaves_the_word_to_a_person(publisher: Publisher) -> None:
    """Looks fail for an hour: the delivery is stranded, never sent again by itself."""
    publisher.wall.plan = [("after", OutcomeUnknown("reset"))]
    post_id = await publisher.plan_post("bonjour")
    await publisher.sender.send_due()
    await publisher.settle_calls()
    publisher.wall.blind = True
    table = publisher.floor.database.system("deliveries")
    for _ in range(13):
        await table.update_many({"state": "unknown"}, [{"$set": {"look_at": "$$NOW"}}])
        await publisher.settler.settle_due()
        await publisher.settle_calls()
    assert await publisher.state(post_id) == "stranded"
    assert len(publisher.wall.created) == 1
    assert publisher.told[-1] == "DeliveryStranded"


def test_pauses_end_at_their_longest_however_long_it_lasts() -> None:
    """Thousands of attempts: a minute, and an hour of looks, never an overflow."""
    assert (pause(0, 0.0), pause(5000, 0.0), pause(3, 90.0)) == (0.5, 60.0, 90.0)
    assert (after_trouble(0, 0.0), after_trouble(11, 0.0), after_trouble(12, 0.0)) == (10.0, 600.0, None)


async def test_a_stalled_network_keeps_no_other_waiting(publisher: Publisher) -> None:
    """Three hundred posts due on a network that hangs, one on another: that one leaves."""
    stalled = publisher.network("slow", Wall(stalls=asyncio.Event()))
    slow = [publisher.connect("slow") for _ in range(3)]
    publisher.sender.settings = publisher.sender.settings.model_copy(update={"request_timeout": 30.0})
    for n in range(300):
        await publisher.plan_post(f"slow {n}", channel=slow[n % 3])
    last = await publisher.plan_post("bonjour")
    async with asyncio.timeout(20):  # less than the stalled calls are given
        while not publisher.wall.created:
            await publisher.sender.send_due()
            await asyncio.sleep(0.05)
    assert [text for _, text in publisher.wall.created] == ["bonjour"]
    stalled.stalls.set()
    await publisher.settle_calls()
    assert await publisher.state(last) == "confirmed"


def test_a_lease_too_short_for_a_call_is_refused_at_the_start() -> None:
    """Nothing would ever be sent, and nobody would know why."""
    with pytest.raises(ValueError, match="PUBLISHER_LEASE_SECONDS"):
        Settings(kafka="k", mongo="m", lease_seconds=15.0, request_timeout=15.0)
