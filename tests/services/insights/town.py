"""A brand that people speak to: every fact that insights reads, and what it all amounts to."""

import random
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from services.insights.domain import interaction as rules
from services.insights.domain.differences import differences
from services.insights.domain.interaction import State
from shared.events.event import BrandEvent
from shared.events.ids import derive, interaction_id
from shared.events.ingest.interaction_deleted import InteractionDeleted
from shared.events.ingest.interaction_edited import InteractionEdited
from shared.events.ingest.interaction_received import InteractionReceived
from shared.events.ingest.parts import Author, InteractionText, Place
from shared.events.moderation.interaction_judged import InteractionJudged
from shared.events.publisher.action_taken import ActionTaken

T0 = datetime(2026, 11, 25, 9, 50, tzinfo=UTC)
Sums = dict[str, dict[str, int]]


def place(brand: str, external: str, thread: str, parent: str = "") -> Place:
    """Where it stands: all on one channel."""
    channel = f"ch-{brand}"
    return Place(
        network="facebook",
        channel_id=channel,
        external_id=external,
        thread_id=derive(channel, thread),
        thread_external_id=thread,
        parent_external_id=parent,
    )


def said(brand: str, number: int, at: datetime = T0, **more: Any) -> InteractionReceived:
    """Somebody says something; number names it."""
    where = place(brand, f"{number}", f"thread-{number % 5}")
    author = Author(id=derive(brand, number % 7), external_id=str(number % 7), name=f"Person {number % 7}")
    told: dict[str, Any] = {"text": "?", "said_at": at, "seen_at": at + timedelta(seconds=2)}
    told |= {"revision": 1, "sighting": 1, "kind": "comment", "language": "fr"}
    name = interaction_id("facebook", where.channel_id, str(number))
    return InteractionReceived(brand_id=brand, interaction_id=name, place=where, author=author, **told | more)


def edited(before: InteractionReceived, revision: int = 2) -> InteractionEdited:
    """Its author changes it."""
    return InteractionEdited(**before.model_dump() | {"revision": revision, "sighting": revision, "text": "!"})


def judged(of: InteractionText, mood: str, revision: int = 1, **more: Any) -> InteractionJudged:
    """A verdict in that mood."""
    scores = {"negative": {"complaint": 0.9}, "positive": {"praise": 0.8}}.get(mood, {"question": 0.7})
    told: dict[str, Any] = {"policy_version": 1, "outcome": "allow", "wish": "keep", "judge": "lexicon/1"}
    told |= {"seen_at": of.seen_at, "judged_at": of.seen_at, "scores": scores, "revision": revision}
    return InteractionJudged(brand_id=of.brand_id, interaction_id=of.interaction_id, place=of.place, **told | more)


def deleted(of: InteractionText) -> InteractionDeleted:
    """It is gone."""
    return InteractionDeleted(
        brand_id=of.brand_id, interaction_id=of.interaction_id, place=of.place, seen_at=of.seen_at
    )


def replied(to: InteractionText, at: datetime, seq: int = 1) -> ActionTaken:
    """We answered from the inbox."""
    told: dict[str, Any] = {"action": "reply", "result": "done", "cause": "c", "seq": seq, "at": at}
    action = derive("reply", to.interaction_id)
    return ActionTaken(brand_id=to.brand_id, action_id=action, interaction_id=to.interaction_id, place=to.place, **told)


def own_answer(to: InteractionText, at: datetime) -> InteractionReceived:
    """The brand's own account answers on the network."""
    parent = to.place.external_id
    where = place(to.brand_id, f"{parent}-answer", to.place.thread_external_id, parent)
    name = interaction_id("facebook", where.channel_id, where.external_id)
    own = {"interaction_id": name, "place": where, "author_is_brand": True, "said_at": at, "seen_at": at}
    return InteractionReceived(**to.model_dump() | own)


def conversation(brand: str, number: int) -> list[BrandEvent]:
    """One interaction's whole life, each a little different."""
    at = T0 + timedelta(minutes=number % 40)
    first = said(brand, number, at, backfill=number % 11 == 0)
    mood = ("negative", "positive", "neutral")[number % 3]
    facts: list[BrandEvent] = [first, judged(first, mood)]
    if number % 2:
        facts += [edited(first), judged(first, "neutral", 2), judged(first, "negative", 2, policy_version=2)]
    if number % 4 == 0:
        facts += [replied(first, at + timedelta(minutes=number)), own_answer(first, at + timedelta(minutes=number))]
    if number % 9 == 0:
        facts.append(deleted(first))
    return facts


def stream(brand: str, many: int, seed: int | None = None) -> list[BrandEvent]:
    """Many lives; with a seed every fact comes twice, in any order."""
    told = [fact for number in range(many) for fact in conversation(brand, number)]
    if seed is not None:
        told = told * 2
        random.Random(seed).shuffle(told)
    return told


def fold(states: dict[str, State], fact: BrandEvent) -> None:
    """As the handlers do."""
    if isinstance(fact, InteractionText):
        states[fact.interaction_id] = rules.text(states.get(fact.interaction_id, {}), fact)
        parent = rules.answers_to(fact)
        if parent:
            states[parent] = rules.answered(states.get(parent, {}), fact)
    elif isinstance(fact, InteractionJudged):
        states[fact.interaction_id] = rules.judged(states.get(fact.interaction_id, {}), fact)
    elif isinstance(fact, InteractionDeleted):
        states[fact.interaction_id] = rules.deleted(states.get(fact.interaction_id, {}), fact)
    elif isinstance(fact, ActionTaken):
        states[fact.interaction_id] = rules.replied(states.get(fact.interaction_id, {}), fact)


def amounts(brand: str, facts: Iterable[BrandEvent]) -> tuple[Sums, Sums]:
    """Hours and people by key, after these facts one by one: counted by differences, as the store counts."""
    states: dict[str, State] = {}
    hours: dict[str, Counter[str]] = {}
    people: dict[str, Counter[str]] = {}
    for fact in facts:
        before = dict(states)
        fold(states, fact)
        changed = [(brand, before.get(name, {}), state) for name, state in states.items() if state != before.get(name)]
        for into, found in zip((hours, people), differences(changed), strict=True):
            for one in found:
                into.setdefault(one.key, Counter()).update(one.changes())
    return _plain(hours), _plain(people)


def _plain(counters: dict[str, Counter[str]]) -> Sums:
    plain = {key: {word: n for word, n in words.items() if n} for key, words in counters.items()}
    return {key: words for key, words in plain.items() if words}
