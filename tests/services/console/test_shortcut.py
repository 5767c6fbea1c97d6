"""What is written without a fold is what the fold would have written."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.console.store import folding
from services.console.store.arrivals import Arrivals
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


@pytest.fixture
def arrivals(database: Database, inbox: Inbox) -> Arrivals:
    """What comes into it."""
    return Arrivals(database, inbox)


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


async def judge(arrivals: Arrivals, *facts: InteractionJudged) -> None:
    """Verdicts come in."""
    await arrivals.judge([(fact, PROMISE) for fact in facts])


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("judgement", VERDICTS.values(), ids=VERDICTS)
async def test_the_same_item_by_either_way(
    inbox: Inbox, arrivals: Arrivals, text: dict[str, Any], judgement: dict[str, Any]
) -> None:
    """Text and verdict in order, the verdict first, both of them twice, and a verdict that brings the text: before
    its own message, after it, and twice."""
    await fold(inbox, said(0, **text), verdict(0, **judgement))
    long = await shown(inbox, said(0))

    await arrivals.receive([(said(1, **text), PROMISE)])
    await judge(arrivals, verdict(1, **judgement))
    await judge(arrivals, verdict(2, **judgement))
    await arrivals.receive([(said(2, **text), PROMISE)])
    await arrivals.receive([(said(3, **text), PROMISE)] * 2)
    await judge(arrivals, *[verdict(3, **judgement)] * 2)
    await judge(arrivals, verdict(4, **judgement, first_text=said(4, **text)))
    await arrivals.receive([(said(4, **text), PROMISE)])
    await arrivals.receive([(said(5, **text), PROMISE)])
    await judge(arrivals, *[verdict(5, **judgement, first_text=said(5, **text))] * 2)
    await judge(arrivals, *[verdict(6, **judgement, first_text=said(6, **text))] * 2)

    for number in range(1, 7):
        assert await shown(inbox, said(number)) == long, number


async def test_the_words_too(inbox: Inbox, arrivals: Arrivals, database: Database) -> None:
    """What an item is found by is left out of what pages read, and is the same all the same."""
    await fold(inbox, said(0))
    await arrivals.receive([(said(1), PROMISE)])
    await judge(arrivals, verdict(2, first_text=said(2)))
    items = await database.brand("interactions").find({"brand_id": said(0).brand_id})
    assert items[0]["words"] == items[1]["words"] == items[2]["words"] != []


async def test_a_verdict_that_brings_its_text_meets_an_item_without_one(inbox: Inbox, arrivals: Arrivals) -> None:
    """An item that something else made is whole with the verdict: nobody waits for the text's own message."""
    await inbox.fold([(folding.about(said(1), "said-1"), folding.answered(said(9)))])
    await judge(arrivals, verdict(1, first_text=said(1)))
    item = await shown(inbox, said(1))
    assert (item["text"], item["verdict"]["outcome"]) == (said(1).text, verdict(1).outcome)


async def test_what_came_with_its_verdict_is_known_once(arrivals: Arrivals) -> None:
    """The text's own message is passed over where the verdict brought it, and only then."""
    await arrivals.receive([(said(1), PROMISE)])
    await judge(arrivals, verdict(1, first_text=said(1)), verdict(2), verdict(3, first_text=said(3)))
    known = [number for number in (1, 2, 3) if arrivals.known.comes(said(number).event_id())]
    assert known == [3]
    assert not arrivals.known.comes(said(3).event_id())


async def test_a_later_verdict_is_not_lost_to_the_first(inbox: Inbox, arrivals: Arrivals) -> None:
    """The second verdict on an item takes it out of sight; the first, told again, does not bring it back."""
    await arrivals.receive([(said(1), PROMISE)])
    await judge(arrivals, verdict(1), verdict(1, wish="hide", policy_version=10))
    await judge(arrivals, verdict(1, first_text=said(1)))
    item = await shown(inbox, said(1))
    assert (item["state"], item["verdict"]["wish"], item["verdict_no"]) == ("hidden", "hide", [0, 1, 10])


async def test_the_brand_answered_on_the_network(inbox: Inbox, arrivals: Arrivals) -> None:
    """The item that it answered is done, whichever of the two came first, and however the answer came."""
    place = said(1).place
    questions, answers = [], []
    for number in (1, 2):
        external = f"1029_221{number}"
        asked = said(number, interaction_id=interaction_id("facebook", "ch-kerlann-fb", external))
        there = place.model_copy(update={"external_id": f"{external}_1", "parent_external_id": external})
        late = asked.said_at + timedelta(minutes=5)
        questions.append(asked)
        answers.append(said(number + 2, author_is_brand=True, place=there, said_at=late, seen_at=late))
    await arrivals.receive([(answers[0], PROMISE)])
    await arrivals.receive([(questions[0], PROMISE), (answers[0], PROMISE), (questions[1], PROMISE)])
    await judge(arrivals, verdict(4, first_text=answers[1]))
    assert [(await shown(inbox, asked))["state"] for asked in questions] == ["done", "done"]
