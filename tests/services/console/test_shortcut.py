"""What is written without a fold is what the fold would have written."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.console.store import folding
from services.console.store.inbox import Inbox
from shared.events.ids import interaction_id
from shared.events.ingest.interaction_received import InteractionReceived
from shared.events.moderation.interaction_judged import InteractionJudged
from shared.mongo.client import Mongo
from shared.mongo.database import Database

PROMISE = timedelta(minutes=90)
WHEN = ("updated_at", "arrived_at")
TEXTS: dict[str, dict[str, Any]] = {
    "a comment": {},
    "the brand's own": {"author_is_brand": True},
    "held by the network": {"visibility": "held"},
    "said before the channel was connected": {"backfill": True},
    "after a restore": {"epoch": 2, "sighting": 4},
}
VERDICTS: dict[str, dict[str, Any]] = {
    "nothing to do": {},
    "to be shown": {"wish": "show"},
    "to be hidden": {"wish": "hide", "outcome": "hide"},
    "after a restore": {"epoch": 2, "policy_version": 11},
}


@pytest.fixture
async def database(mongo_uri: str) -> AsyncIterator[Database]:
    """A database of this story alone."""
    async with Mongo.open(mongo_uri) as mongo:
        opened = mongo.database(f"t{uuid4().hex[:12]}")
        yield opened
        await opened.drop()


@pytest.fixture
async def inbox(database: Database) -> Inbox:
    """An inbox with its indexes."""
    made = Inbox(database)
    await database.ensure_indexes()
    return made


def said(number: int, **more: Any) -> InteractionReceived:
    """A comment of its own."""
    return InteractionReceived.example().model_copy(update={"interaction_id": f"said-{number}", **more})


def verdict(number: int, **more: Any) -> InteractionJudged:
    """A verdict on it."""
    return InteractionJudged.example().model_copy(update={"interaction_id": f"said-{number}", **more})


async def shown(inbox: Inbox, fact: InteractionReceived | InteractionJudged) -> dict[str, Any]:
    """The item that a fact is about, without the times of its writing."""
    item = await inbox.get([fact.brand_id], fact.interaction_id)
    assert item is not None
    assert all(item[moment] for moment in WHEN)
    return {name: value for name, value in item.items() if name not in ("_id", *WHEN)}


async def fold(inbox: Inbox, *facts: InteractionReceived | InteractionJudged) -> None:
    """Write facts the long way."""
    for fact in facts:
        stages = folding.text(fact, PROMISE) if isinstance(fact, InteractionReceived) else folding.verdict(fact)
        await inbox.fold([(folding.about(fact, fact.interaction_id), stages)])


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("judgement", VERDICTS.values(), ids=VERDICTS)
async def test_the_same_item_by_either_way(inbox: Inbox, text: dict[str, Any], judgement: dict[str, Any]) -> None:
    """Text and verdict in order, the verdict first, and both of them twice."""
    await fold(inbox, said(0, **text), verdict(0, **judgement))
    long = await shown(inbox, said(0))

    await inbox.receive([(said(1, **text), PROMISE)])
    await inbox.judge([verdict(1, **judgement)])
    await inbox.judge([verdict(2, **judgement)])
    await inbox.receive([(said(2, **text), PROMISE)])
    await inbox.receive([(said(3, **text), PROMISE)] * 2)
    await inbox.judge([verdict(3, **judgement)] * 2)

    for number in (1, 2, 3):
        assert await shown(inbox, said(number)) == long, number


async def test_the_words_too(inbox: Inbox, database: Database) -> None:
    """What an item is found by is left out of what pages read, and is the same all the same."""
    await fold(inbox, said(0))
    await inbox.receive([(said(1), PROMISE)])
    items = await database.brand("interactions").find({"brand_id": said(0).brand_id})
    assert items[0]["words"] == items[1]["words"] != []


async def test_a_later_verdict_is_not_lost_to_the_first(inbox: Inbox) -> None:
    """The second verdict on an item takes it out of sight; the first, told again, does not bring it back."""
    await inbox.receive([(said(1), PROMISE)])
    await inbox.judge([verdict(1), verdict(1, wish="hide", policy_version=10)])
    await inbox.judge([verdict(1)])
    item = await shown(inbox, said(1))
    assert (item["state"], item["verdict"]["wish"], item["verdict_no"]) == ("hidden", "hide", [0, 1, 10])


async def test_the_brand_answered_on_the_network(inbox: Inbox) -> None:
    """The item that it answered is done, whichever of the two came first."""
    question = said(1, interaction_id=interaction_id("facebook", "ch-kerlann-fb", "1029_2210"))
    place = question.place.model_copy(update={"external_id": "1029_2300", "parent_external_id": "1029_2210"})
    answer = said(2, author_is_brand=True, place=place, said_at=question.said_at + timedelta(minutes=5))
    answer = answer.model_copy(update={"seen_at": answer.said_at})
    await inbox.receive([(answer, PROMISE)])
    await inbox.receive([(question, PROMISE), (answer, PROMISE)])
    assert (await shown(inbox, question))["state"] == "done"
