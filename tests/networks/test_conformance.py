"""One suite for every client: whatever a network offers, it does in the way that the publisher and ingest rely on."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.errors import OutcomeUnknown
from shared.networks.capabilities import (
    Connecting,
    DeliveryKey,
    Gone,
    Moderating,
    Published,
    Publishing,
    RateLimited,
    Refused,
    Settling,
    TokenLost,
)
from tests.networks.seats import Seat, delivery, offered, with_token, words

AFTER_COMMIT = ("server_error_after", "drop_after", "stall_after")
BEFORE_COMMIT = ("server_error", "drop", "stall")
NO_REPEATS = ("linkedin", "x")
Call = Callable[[Seat], Awaitable[Any]]


async def test_a_token_is_proved_by_its_owner(here: Seat) -> None:
    """Connecting a channel asks the network whose token it is, and believes nothing else."""
    offered(here, Connecting)
    owner = await here.client.whoami(here.account)
    assert (owner.external_id, owner.name) == (here.account.account_id, here.row["name"])


async def test_a_post_appears_once(here: Seat) -> None:
    """What was published is there, under the id that was told, and can be found again."""
    offered(here, Publishing)
    post, began = here.post(), datetime.now(UTC)
    published = await here.client.publish(here.account, post, key := delivery())
    assert [one["subject"] for one in await here.said_by_api(post.text)] == [published.remote_id]
    assert published.url.startswith("http")
    found = await here.client.find_post(here.account, post, key, began)
    assert [one.remote_id for one in found] == [published.remote_id]


async def test_a_reply_stands_in_its_thread(here: Seat) -> None:
    """An answer is put below what it answers, and can be found again."""
    offered(here, Publishing)
    target = await here.hears("Elle taille grand ?")
    text, began = words("Prenez votre taille").text, datetime.now(UTC)
    published = await here.client.reply(here.account, target, text, key := delivery())
    assert (await here.simulator.thing(published.remote_id))["root_id"] == target.thread_external_id
    found = await here.client.find_reply(here.account, target, text, key, began)
    assert [one.remote_id for one in found] == [published.remote_id]


@pytest.mark.parametrize("here", NO_REPEATS, indirect=True)
async def test_the_same_words_twice_are_the_first(here: Seat) -> None:
    """Such a network refuses a second: where our own first got there since the delivery was made, that is it."""
    post, key = here.post(), delivery()
    first = await here.client.publish(here.account, post, key)
    assert (await here.client.publish(here.account, post, key)).remote_id == first.remote_id
    later = DeliveryKey("another", datetime.now(UTC) + timedelta(minutes=5))
    with pytest.raises(Refused):
        await here.client.publish(here.account, post, later)
    assert len(await here.said_by_api(post.text)) == 1


@pytest.mark.parametrize("fault", AFTER_COMMIT)
@pytest.mark.parametrize("surface", ["post", "reply"])
async def test_an_answer_lost_after_commit_settles_to_exactly_one(here: Seat, fault: str, surface: str) -> None:
    """The network created it and we never heard: the outcome is unknown, and a look finds one, not none, not two."""
    offered(here, Settling)
    post, key, began = here.post(), delivery(), datetime.now(UTC)
    target = await here.hears("Une question")
    await here.misbehaves(fault, surface, seconds=0.2)
    with pytest.raises(OutcomeUnknown):
        await say(here, surface, target, post.text, key)
    found = await look(here, surface, target, post.text, key, began)
    assert [one.remote_id for one in found] == [one["subject"] for one in await here.said_by_api(post.text)]
    assert len(found) == 1


@pytest.mark.parametrize("fault", BEFORE_COMMIT)
@pytest.mark.parametrize("surface", ["post", "reply"])
async def test_an_answer_lost_before_commit_settles_to_none(here: Seat, fault: str, surface: str) -> None:
    """Nothing was created, which we cannot know from the broken call: the look proves it."""
    offered(here, Settling)
    post, key, began = here.post(), delivery(), datetime.now(UTC)
    target = await here.hears("Une question")
    await here.misbehaves(fault, surface, seconds=0.2)
    with pytest.raises(OutcomeUnknown):
        await say(here, surface, target, post.text, key)
    assert not await look(here, surface, target, post.text, key, began)


async def test_a_look_finds_nothing_of_before(here: Seat) -> None:
    """The same words of last month are another post: they settle nothing."""
    offered(here, Settling)
    post = here.post()
    await here.client.publish(here.account, post, delivery())
    later = datetime.now(UTC) + timedelta(minutes=5)
    assert not await here.client.find_post(here.account, post, delivery(), later)


async def test_a_look_finds_nothing_of_others(here: Seat) -> None:
    """A visitor who says our very words has not published our post."""
    offered(here, Settling)
    post, began = here.post(), datetime.now(UTC)
    target = await here.hears(post.text)
    await here.simulator.post(here.row, post.text, "Camille Leroy")
    assert not await here.client.find_post(here.account, post, delivery(), began)
    assert not await here.client.find_reply(here.account, target, post.text, delivery(), began)


@pytest.mark.parametrize("surface", ["post", "reply"])
async def test_a_rate_limit_creates_nothing(here: Seat, surface: str) -> None:
    """Too many calls: we are told for how long to wait, and nothing is there."""
    offered(here, Publishing)
    post, target = here.post(), await here.hears("Une question")
    await here.misbehaves("rate_limit", surface, seconds=7)
    with pytest.raises(RateLimited) as limited:
        await say(here, surface, target, post.text, delivery())
    assert 5 <= limited.value.after <= 15  # the server's Date is some seconds old on a busy machine
    assert not await here.said_by_api(post.text)


async def test_hiding_twice_changes_it_once(here: Seat) -> None:
    """Hide, hide again, show, show again: what is so already stays so."""
    offered(here, Moderating)
    if not {"hide", "show"} <= here.client.actions:
        pytest.skip(f"{here.network} cannot hide what others say")
    target, client = await here.hears("Bande de clowns"), here.client
    answers = [await act(here.account, target) for act in (client.hide, client.hide, client.show, client.show)]
    assert answers[::2] == ["done", "done"]
    assert set(answers) <= {"done", "already"}
    changes = [one["event"] for one in await here.simulator.ledger(account=here.account.account_id)]
    assert changes.count("hide") == changes.count("unhide") == 1


async def test_what_a_network_cannot_do_is_refused(here: Seat) -> None:
    """`actions` is honest: what it leaves out is refused before any call."""
    offered(here, Moderating)
    target = await here.hears("Bande de clowns")
    for name in {"hide", "show", "delete"} - here.client.actions:
        with pytest.raises(Refused):
            await getattr(here.client, name)(here.account, target)


async def test_what_is_gone_is_gone(here: Seat) -> None:
    """Reading it raises `Gone`, acting on it answers "gone", answering it is refused."""
    offered(here, Moderating)
    target = await here.hears("Je l'efface aussitôt")
    await here.simulator.delete(target.external_id)
    with pytest.raises(Gone):
        await here.client.read(here.account, target.external_id, target.extra)
    for name in here.client.actions:
        assert await getattr(here.client, name)(here.account, target) == "gone"
    with pytest.raises(Refused):
        await here.client.reply(here.account, target, "Merci", delivery())


async def test_own_words_can_be_taken_back(here: Seat) -> None:
    """A deleted post is off the network; deleting it again finds it gone."""
    offered(here, Moderating)
    published = await here.client.publish(here.account, here.post(), delivery())
    target = here.target(await here.simulator.thing(published.remote_id))
    assert [await here.client.delete(here.account, target) for _ in range(2)] == ["done", "gone"]


@pytest.mark.parametrize(
    "call",
    [
        lambda here, lost: here.client.whoami(lost),
        lambda here, lost: here.client.publish(lost, here.post(), delivery()),
        lambda here, lost: here.client.poll(lost, {}),
        lambda here, lost: here.client.find_post(lost, here.post(), delivery(), datetime.now(UTC)),
    ],
    ids=["whoami", "publish", "poll", "find_post"],
)
async def test_a_lost_token_is_told_apart(here: Seat, call: Callable[[Seat, Any], Awaitable[Any]]) -> None:
    """A dead token is no refusal and no outage: a person must connect the channel again."""
    with pytest.raises(TokenLost):
        await call(here, with_token(here.account, "token-of-nobody"))


async def test_a_token_that_dies_in_the_act_has_created_nothing(here: Seat) -> None:
    """The network takes the token away while we publish."""
    offered(here, Publishing)
    await here.misbehaves("token_lost", "post")
    with pytest.raises(TokenLost):
        await here.client.publish(here.account, post := here.post(), delivery())
    assert not await here.said_by_api(post.text)


async def say(here: Seat, surface: str, target: Any, text: str, key: Any) -> Published:
    if surface == "reply":
        return await here.client.reply(here.account, target, text, key)
    return await here.client.publish(here.account, here.post(text), key)


async def look(here: Seat, surface: str, target: Any, text: str, key: Any, since: datetime) -> list[Published]:
    if surface == "reply":
        return list(await here.client.find_reply(here.account, target, text, key, since))
    return list(await here.client.find_post(here.account, here.post(text), key, since))
