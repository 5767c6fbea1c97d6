"""What an interaction counts as: once, in its own hour, whatever comes in whatever order."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.insights.domain.mood import mood_of, topics_of
from shared.events.event import BrandEvent
from tests.services.insights.town import (
    T0,
    amounts,
    conversation,
    deleted,
    edited,
    judged,
    own_answer,
    replied,
    said,
)

BRAND = "br"
NINE = f"{BRAND}|ch-{BRAND}|2026-11-25T09"


def words(*facts: BrandEvent) -> dict[str, int]:
    """What nine o'clock counts after these facts."""
    return amounts(BRAND, facts)[0].get(NINE, {})


@given(number=st.integers(0, 200), data=st.data())
def test_any_order_counts_the_same(number: int, data: st.DataObject) -> None:
    """A life told in order, and told twice and shuffled."""
    life = conversation(BRAND, number)
    shuffled = data.draw(st.permutations(life * 2))
    assert amounts(BRAND, shuffled) == amounts(BRAND, life)


def test_an_edit_takes_the_old_mood_back() -> None:
    """Said in anger, then made friendly: one interaction, edited, and its mood is the newer one."""
    first = said(BRAND, 1)
    counted = words(first, judged(first, "negative"), edited(first), judged(first, "positive", 2))
    assert counted["said"] == counted["edited"] == counted["judged"] == 1
    assert counted["moods.positive"] == 1
    assert "moods.negative" not in counted
    assert "live_negative" not in counted


def test_what_is_deleted_was_said() -> None:
    """A deletion, even one that overtakes the text, is counted beside what was said."""
    first = said(BRAND, 1)
    assert words(deleted(first), first) == {"said": 1, "deleted": 1}


@pytest.mark.parametrize(("minutes", "seconds", "within"), [(-3, 0, "5"), (4, 240, "5"), (90, 5400, "120")])
def test_answer_time_is_the_networks_and_never_below_zero(minutes: int, seconds: int, within: str) -> None:
    """Networks' clocks differ: an answer before its question took no time."""
    first = said(BRAND, 1)
    counted = words(first, own_answer(first, T0 + timedelta(minutes=minutes)))
    assert (counted.get("answer_seconds", 0), counted[f"within.{within}"], counted["answered"]) == (seconds, 1, 1)


def test_the_first_answer_ends_the_waiting() -> None:
    """Our reply, the network's own notice of it and a later word of ours are one answer."""
    first = said(BRAND, 1)
    soon, later = T0 + timedelta(seconds=60), T0 + timedelta(hours=5)
    counted = words(first, own_answer(first, later), replied(first, soon + timedelta(seconds=2)))
    assert (counted["answered"], counted["answer_seconds"]) == (1, 62)
    assert words(first, replied(first, later), own_answer(first, soon))["answer_seconds"] == 60


def test_backfill_counts_in_its_hour_and_nowhere_else() -> None:
    """Said before the channel was connected: volume and mood, but neither an answer's time nor a signal."""
    first = said(BRAND, 1, backfill=True)
    counted = words(first, judged(first, "negative"), replied(first, T0 + timedelta(days=20)))
    assert counted == {"said": 1, "backfilled": 1, "judged": 1, "outcomes.allow": 1, "moods.negative": 1}


def test_a_person_is_what_they_said() -> None:
    """Languages, topics and mood of one author; the brand's own account is nobody."""
    first, second = said(BRAND, 1), said(BRAND, 8)
    people = amounts(BRAND, [first, judged(first, "positive"), second, own_answer(first, T0)])[1]
    assert list(people.values()) == [{"said": 2, "languages.fr": 2, "moods.positive": 1, "topics.praise": 1}]


def test_mood_is_the_stronger_feeling() -> None:
    """Anger beats as much praise; what is weak says nothing."""
    scores = Counter({"praise": 0.6, "complaint": 0.6})
    assert mood_of(scores) == "negative"
    assert mood_of({"praise": 0.7, "insult": 0.5}) == "positive"
    assert mood_of({"insult": 0.4}) == mood_of({}) == "neutral"
    assert topics_of({"praise": 0.7, "insult": 0.5, "spam": 0.1}) == ["insult", "praise"]
