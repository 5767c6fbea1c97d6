"""What is remembered of an interaction, and what it counts as.

Every fact is folded into the interaction's own document, a number a family, so that facts may come twice, late, or in
any order. Counters get the difference between what it counted as before and after: they are always the sum of what all
documents say.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from services.insights.domain.mood import mood_of, topics_of, word
from shared.events.ids import interaction_id
from shared.events.ingest.interaction_deleted import InteractionDeleted
from shared.events.ingest.parts import InteractionText, Place
from shared.events.moderation.interaction_judged import InteractionJudged
from shared.events.publisher.action_taken import ActionTaken

State = Mapping[str, Any]
WITHIN = (5, 15, 30, 60, 120, 240, 480, 1440)  # minutes: answers are counted by the first that they are within
LATER = "later"


class Hour(NamedTuple):
    """A channel's hour: what its counters are kept by."""

    channel_id: str
    network: str
    hour: datetime


class Counted(NamedTuple):
    """What an interaction counts as: in the hour in which it was said, and for the person who said it."""

    hour: Hour
    words: Counter[str]
    person_id: str
    person_words: Counter[str]
    said_at: datetime


def text(state: State, fact: InteractionText) -> State:
    """A revision of the text. `said_at` is the earliest told (never later than we saw it); backfill stays backfill."""
    said = _kept(min(fact.said_at, fact.seen_at))
    kept = {
        **state,
        **_stands(fact.place),
        "said_at": min(said, state.get("said_at", said)),
        "backfill": fact.backfill or state.get("backfill", False),
    }
    number = [fact.epoch, fact.revision]
    if number <= state.get("text_no", []):
        return kept
    return kept | {
        "text_no": number,
        "revision": fact.revision,
        "author": fact.author.model_dump(include={"id", "name", "handle", "url"}),
        "own": fact.author_is_brand,
        "language": fact.language,
    }


def deleted(state: State, fact: InteractionDeleted) -> State:
    """It is gone from its network: it was said all the same."""
    return {**state, **_stands(fact.place), "deleted": True}


def judged(state: State, fact: InteractionJudged) -> State:
    """The verdict on its newest revision, by the newest policy, says its mood."""
    number = [fact.epoch, fact.revision, fact.policy_version]
    if number <= state.get("verdict_no", []):
        return {**state, **_stands(fact.place)}
    verdict = {"outcome": word(fact.outcome), "mood": mood_of(fact.scores), "topics": topics_of(fact.scores)}
    return {**state, **_stands(fact.place), "verdict_no": number, "verdict": verdict | {"language": fact.language}}


def replied(state: State, fact: ActionTaken) -> State:
    """We answered it; the network's own notice of that answer usually says when."""
    return _answered({**state, **_stands(fact.place)}, fact.at)


def answered(state: State, by: InteractionText) -> State:
    """The brand's own account answered it on the network."""
    return _answered(state, min(by.said_at, by.seen_at))


def answers_to(fact: InteractionText) -> str | None:
    """The interaction that the brand's own account answers with this."""
    if not (fact.author_is_brand and fact.place.parent_external_id):
        return None
    return interaction_id(fact.place.network, fact.place.channel_id, fact.place.parent_external_id)


def counted(state: State) -> Counted | None:
    """What it counts as; None while its text is not known."""
    if "text_no" not in state:
        return None
    said = state["said_at"]
    hour = Hour(state["channel_id"], state["network"], said.replace(minute=0, second=0, microsecond=0))
    if state["own"]:
        return Counted(hour, Counter(own=1), "", Counter(), said)
    return Counted(hour, _words(state), state["author"]["id"], _person_words(state), said)


def _words(state: State) -> Counter[str]:
    words = Counter(said=1)
    if state["backfill"]:
        words["backfilled"] = 1
    if state["revision"] > 1:
        words["edited"] = 1
    if state.get("deleted"):
        words["deleted"] = 1
    verdict = state.get("verdict")
    if verdict:
        words.update(("judged", f"outcomes.{verdict['outcome']}", f"moods.{verdict['mood']}"))
        if verdict["mood"] == "negative" and not state["backfill"]:
            words["live_negative"] = 1
    if state.get("answered_at") and not state["backfill"]:
        words.update(_answer_words(state["said_at"], state["answered_at"]))
    return words


def _answer_words(said_at: datetime, answered_at: datetime) -> Counter[str]:
    """How long it took: never below 0, for networks' clocks differ."""
    seconds = max(0, int((answered_at - said_at).total_seconds()))
    within = next((str(minutes) for minutes in WITHIN if seconds <= minutes * 60), LATER)
    return Counter({"answered": 1, "answer_seconds": seconds, f"within.{within}": 1})


def _person_words(state: State) -> Counter[str]:
    words, verdict = Counter(said=1), state.get("verdict") or {}
    language = state["language"] or verdict.get("language", "")
    if language:
        words[f"languages.{word(language)}"] = 1
    if verdict:
        words[f"moods.{verdict['mood']}"] = 1
        words.update(f"topics.{topic}" for topic in verdict["topics"])
    return words


def _answered(state: State, at: datetime) -> State:
    at = _kept(at)
    return {**state, "answered_at": min(at, state.get("answered_at", at))}


def _kept(moment: datetime) -> datetime:
    """To the millisecond, as the store keeps it: what is counted must not change by being read again."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _stands(place: Place) -> dict[str, str]:
    return {"channel_id": place.channel_id, "network": place.network, "thread_id": place.thread_id}
