"""The network is driven to the newest wish about an interaction."""

import asyncio
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.publisher.app import handlers
from services.publisher.domain.wish import acts, order
from shared.bus.envelope import Outgoing, encode
from shared.bus.message import Message
from shared.errors import OutcomeUnknown
from shared.events.moderation.interaction_judged import InteractionJudged
from shared.networks.bluesky.client import Bluesky
from shared.networks.capabilities import Gone, Refused, TokenLost, VisibilityResult
from tests.networks.answers import Answers, answer
from tests.networks.tapes import no_token
from tests.services.publisher.conftest import Publisher

PLACE = {
    "network": "wall",
    "external_id": "c1",
    "thread_id": "t",
    "thread_external_id": "p1",
    "parent_external_id": "",
    "permalink": "",
    "extra": {},
}


def wish(publisher: Publisher, wanted: str, revision: int, *, by_person: bool, number: int) -> dict[str, Any]:
    return {
        "interaction_id": "i1",
        "brand_id": publisher.brand.brand_id,
        "place": PLACE | {"channel_id": publisher.channel.channel_id},
        "wanted": wanted,
        "order": order(0, revision, by_person=by_person, number=number),
        "cause": f"{revision}-{number}",
        "person": "ines" if by_person else "",
        "trace": None,
    }


async def test_whatever_order_wishes_come_in_the_newest_stands(publisher: Publisher) -> None:
    """Shuffled and doubled: the last revision's person wins."""
    wishes = [
        wish(publisher, "hide", 1, by_person=False, number=9),
        wish(publisher, "show", 1, by_person=True, number=3),
        wish(publisher, "hide", 2, by_person=False, number=9),
        wish(publisher, "show", 2, by_person=True, number=5),
    ]
    shuffled = wishes * 2
    random.Random(7).shuffle(shuffled)
    for one in shuffled:
        await publisher.wishes.state_wishes([one])
    await publisher.turn()
    assert publisher.wall.changes == [("show", "c1")]
    assert publisher.told == ["ActionTaken"]


async def test_only_verdicts_that_ask_for_something_are_read(publisher: Publisher) -> None:
    """Most verdicts keep things as they are: their header says so, and publisher looks no further."""
    (judged,) = [one for one in handlers(publisher.wishes, publisher.gates) if one.event_class is InteractionJudged]
    read = {}
    for wanted in ("keep", "show", "hide", "delete"):
        fact = InteractionJudged.example().model_copy(update={"wish": wanted})
        told = dict(encode(Outgoing.first(fact, now=datetime.now(UTC)), "/moderation").headers)
        read[wanted] = judged.concerns(Message("verdicts", 0, 0, b"k", b"", told, 0))
    assert read == {"keep": False, "show": True, "hide": True, "delete": True}


async def test_a_wish_that_comes_again_after_it_was_done_asks_nothing(publisher: Publisher) -> None:
    """A redelivered verdict has no second effect."""
    once = wish(publisher, "hide", 1, by_person=False, number=9)
    await publisher.wishes.state_wishes([once])
    await publisher.turn()
    await publisher.wishes.state_wishes([once])
    await publisher.turn()
    assert publisher.wall.changes == [("hide", "c1")]


async def test_an_unknown_outcome_is_told_once_and_asked_again(publisher: Publisher) -> None:
    """Hiding twice is harmless: the wish is driven until the network answers."""
    publisher.wall.plan = [("", OutcomeUnknown("reset")), ("", OutcomeUnknown("reset"))]
    await publisher.wishes.state_wishes([wish(publisher, "hide", 1, by_person=False, number=9)])
    for _ in range(8):
        await publisher.turn()
        await asyncio.sleep(0.5)
    assert publisher.wall.changes == [("hide", "c1")]
    assert publisher.told == ["ActionUnsettled", "ActionTaken"]


async def test_a_refusal_ends_the_wish_with_its_reason(publisher: Publisher) -> None:
    """The network's own words are told; it is not asked again."""
    publisher.wall.plan = [("", Refused("no permission", "403"))]
    await publisher.wishes.state_wishes([wish(publisher, "hide", 1, by_person=False, number=9)])
    await publisher.turn(2)
    assert publisher.wall.changes == []
    assert publisher.told == ["ActionFailed"]


async def test_what_the_network_cannot_do_is_said(publisher: Publisher) -> None:
    """No live button, no silent loss: a network without hiding says so."""
    publisher.wall.actions = frozenset({"delete"})
    await publisher.wishes.state_wishes([wish(publisher, "hide", 1, by_person=False, number=9)])
    await publisher.turn()
    assert publisher.told == ["ActionFailed"]


@pytest.mark.parametrize(("author", "told"), [("alice", "ActionTaken"), ("bob", "ActionFailed")])
async def test_on_bluesky_only_own_words_are_deleted(publisher: Publisher, author: str, told: str) -> None:
    """The account's own reply is taken off the network, which is not even asked for another's."""
    sides = dict.fromkeys(("accessJwt", "refreshJwt"), no_token())
    session = json.dumps({"did": "did:plc:alice", "handle": "alice.test", **sides})
    egress = Answers(answer(200, session), answer(200, '{"commit": {}}'))
    publisher.network("bluesky", Bluesky(egress))  # type: ignore[arg-type]
    wanted = wish(publisher, "delete", 1, by_person=True, number=1)
    wanted["place"] |= {"network": "bluesky", "external_id": f"at://did:plc:{author}/app.bsky.feed.post/3kaaaaaaaaa2a"}
    await publisher.wishes.state_wishes([wanted])
    await publisher.turn()
    assert publisher.told == [told]
    asked = [url.rpartition(".")[2] for _, url, _ in egress.asked]
    assert ("deleteRecord" in asked) is (author == "alice")


async def test_a_deleted_interaction_is_asked_nothing(publisher: Publisher) -> None:
    """Its deletion came before the worker did."""
    await publisher.wishes.state_wishes([wish(publisher, "hide", 1, by_person=False, number=9)])
    await publisher.wishes.close([("i1", publisher.brand.brand_id)])
    await publisher.turn()
    assert publisher.wall.changes == []


async def test_a_deletion_that_comes_first_leaves_its_mark(publisher: Publisher) -> None:
    """The wish overtaken by the deletion asks the network nothing."""
    await publisher.wishes.close([("i1", publisher.brand.brand_id)])
    await publisher.wishes.state_wishes([wish(publisher, "hide", 1, by_person=False, number=9)])
    await publisher.turn()
    assert publisher.wall.changes == []


async def test_what_the_network_showed_before_the_wish_does_not_swallow_it(publisher: Publisher) -> None:
    """A change of visibility seen first is noted; the wish that comes later is driven."""
    await publisher.wishes.adopt([("i1", publisher.brand.brand_id, "public", 2)])
    await publisher.wishes.adopt([("i1", publisher.brand.brand_id, "hidden", 1)])
    await publisher.wishes.state_wishes([wish(publisher, "hide", 1, by_person=False, number=9)])
    await publisher.turn()
    row = await publisher.floor.database.system("wishes").get({"_id": "i1"})
    assert publisher.wall.changes == [("hide", "c1")]
    assert (row or {})["shown"] == "public"


@pytest.mark.parametrize("error", [TokenLost("expired"), KeyError("data")])
async def test_what_cannot_be_done_now_is_told_once_and_tried_again(publisher: Publisher, error: Exception) -> None:
    """A lost token, an answer that nobody understands: people see that it is not done."""
    publisher.wall.plan = [("", error)]
    await publisher.wishes.state_wishes([wish(publisher, "hide", 1, by_person=False, number=9)])
    await publisher.turn()
    assert publisher.told == ["ActionUnsettled"]
    await publisher.floor.database.system("wishes").update_many({}, [{"$set": {"next_at": "$$NOW"}}])
    await publisher.turn()
    assert publisher.told == ["ActionUnsettled", "ActionTaken"]


async def test_a_newer_wish_is_not_lost_to_the_worker_of_the_older(publisher: Publisher) -> None:
    """The older one was claimed when the newer came: its end is not noted, and the newer is driven."""
    await publisher.wishes.state_wishes([wish(publisher, "hide", 1, by_person=False, number=9)])
    (claimed,) = await publisher.wishes.claim(await publisher.wishes.due(1), "token")
    await publisher.wishes.state_wishes([wish(publisher, "show", 2, by_person=False, number=9)])
    await publisher.driver._drive(claimed)
    assert publisher.told == []
    await publisher.turn()
    assert publisher.wall.changes == [("hide", "c1"), ("show", "c1")]


async def test_the_next_process_of_that_name_drives_what_a_killed_one_held(publisher: Publisher) -> None:
    """A hide does not wait for the lease of a process that is dead."""
    await publisher.wishes.state_wishes([wish(publisher, "hide", 1, by_person=False, number=9)])
    await publisher.wishes.claim(await publisher.wishes.due(1), "token", "publisher-0")
    await publisher.wishes.take_back("publisher-1")
    await publisher.turn()
    assert publisher.wall.changes == []
    await publisher.wishes.take_back("publisher-0")
    await publisher.turn()
    assert publisher.wall.changes == [("hide", "c1")]


@pytest.mark.parametrize(("age", "acts_on_it"), [(None, True), (23, True), (25, False)])
def test_an_old_message_brought_back_does_not_act_by_itself(age: int | None, acts_on_it: bool) -> None:
    """A replay rebuilds state; what is older than a day needs a person who says `--with-effects`."""
    now = datetime(2026, 11, 25, tzinfo=UTC)
    assert acts("hide", None if age is None else now - timedelta(hours=age), now) is acts_on_it
    assert not acts("keep", None, now)


@pytest.mark.parametrize(("error", "result"), [(Gone("410"), "gone"), (None, "gone"), (None, "already")])
async def test_what_is_gone_or_so_already_is_an_action_taken(
    publisher: Publisher, error: Exception | None, result: VisibilityResult
) -> None:
    """404, 410 and "already so" end the wish well and say which; of what is gone nothing is asked again."""
    told: list[str] = []

    def listen(rows: Any) -> None:
        told.extend(str(json.loads(row.message.value)["result"]) for row in rows)

    publisher.floor.database.outbox.on_commit(listen)
    publisher.wall.result = result
    publisher.wall.plan = [] if error is None else [("", error)]
    await publisher.wishes.state_wishes([wish(publisher, "hide", 1, by_person=False, number=9)])
    await publisher.turn(2)
    assert told == [result]
    asked = len(publisher.wall.changes)
    await publisher.wishes.state_wishes([wish(publisher, "show", 2, by_person=False, number=9)])
    await publisher.turn()
    assert len(publisher.wall.changes) - asked == (0 if result == "gone" else 1)
