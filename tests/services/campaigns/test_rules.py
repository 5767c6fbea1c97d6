"""The rules by which a campaign spends: pure, by an imagined clock."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.campaigns.domain.audience import profile as people
from services.campaigns.domain.audience.criteria import Audiences, problems
from services.campaigns.domain.comparison import concluded
from services.campaigns.domain.gate import Gate, may_spend
from services.campaigns.domain.schedule import Pace, Schedule, pace
from services.campaigns.domain.steering import Look, started, turn, why_not_resumed
from shared.events.insights.person_changed import PersonChanged

NOON = datetime(2026, 11, 25, 11, tzinfo=UTC)  # in Paris
OPEN, CRISIS, LEARNING = Gate(), Gate(crisis=True), Gate(crisis=True, learning=True)
HELD = Gate(held=True, crisis=True)
FAR = Pace(by_now=10_000, slack=0)


def campaign(**more: Any) -> dict[str, Any]:
    """One of ten days that runs."""
    days = {"first_day": "2026-11-20", "last_day": "2026-11-29", "timezone": "Europe/Paris"}
    return days | {"budget": 1000, "pacing": "even", "state": "running", "cause": "started", "serving": True} | more


def look(spent: int = 0, pace: Pace = FAR, gate: Gate = OPEN, now: datetime = NOON) -> Look:
    """What is known of it."""
    return Look(spent, pace, gate, now)


def after(one: dict[str, Any], seen: Look) -> tuple[str, str, bool]:
    """What it is after a turn."""
    found = turn(one, seen)
    return (found.state, found.cause, found.serving) if found else (one["state"], one["cause"], one["serving"])


def test_the_gate_knows_a_crisis_from_one_that_is_still_learnt() -> None:
    """Nothing stops spend that rests on too little history; a person's hold comes before all."""
    assert [may_spend(gate) for gate in (OPEN, CRISIS, LEARNING, HELD)] == ["", "crisis", "", "held"]


@pytest.mark.parametrize(
    ("one", "seen", "becomes"),
    [
        ({}, look(), ("running", "started", True)),
        ({}, look(spent=1000), ("ended", "budget", False)),
        ({}, look(gate=CRISIS), ("paused", "crisis", False)),
        ({}, look(gate=LEARNING), ("running", "started", True)),
        ({"state": "paused", "cause": "crisis", "serving": False}, look(gate=CRISIS), ("paused", "crisis", False)),
        ({"state": "paused", "cause": "crisis", "serving": False}, look(), ("running", "eased", True)),
        ({"state": "paused", "cause": "crisis", "serving": False}, look(gate=HELD), ("paused", "held", False)),
        ({"state": "paused", "cause": "held", "serving": False}, look(gate=CRISIS), ("paused", "crisis", False)),
        ({"state": "paused", "cause": "held", "serving": False}, look(), ("running", "released", True)),
        ({"state": "paused", "cause": "person", "serving": False}, look(), ("paused", "person", False)),
        ({"state": "paused", "cause": "person", "serving": False}, look(spent=1001), ("ended", "budget", False)),
        ({"state": "ended", "cause": "budget", "serving": False}, look(spent=900), ("ended", "budget", False)),
        ({"state": "draft", "cause": "", "serving": False}, look(), ("draft", "", False)),
        ({}, look(now=NOON + timedelta(days=5)), ("ended", "schedule", False)),
        ({"first_day": "2026-11-26"}, look(), ("running", "not_begun", False)),
        ({"cause": "not_begun", "serving": False}, look(), ("running", "begun", True)),
        ({}, look(spent=101, pace=Pace(100, 5)), ("running", "started", True)),
        ({}, look(spent=106, pace=Pace(100, 5)), ("running", "pace", False)),
        ({"cause": "pace", "serving": False}, look(spent=101, pace=Pace(100, 5)), ("running", "pace", False)),
        ({"cause": "pace", "serving": False}, look(spent=100, pace=Pace(100, 5)), ("running", "in_pace", True)),
        ({"pacing": "fast"}, look(spent=500, pace=Pace(100, 5)), ("running", "started", True)),
    ],
)
def test_a_campaign_turns_for_a_reason(one: dict[str, Any], seen: Look, becomes: tuple[str, str, bool]) -> None:
    """The budget before all, then schedule, gate and pace; what a person paused stays paused."""
    assert after(campaign(**one), seen) == becomes


@given(
    st.lists(st.tuples(st.integers(0, 2000), st.sampled_from([OPEN, CRISIS, HELD]), st.integers(0, 400)), max_size=20)
)
def test_what_has_spent_its_budget_never_spends_again_by_itself(looks: list[tuple[int, Gate, int]]) -> None:
    """Whatever reports, crises and hours come later."""
    one, exhausted = campaign(), False
    for spent, gate, hours in looks:
        found = turn(one, look(spent=spent, gate=gate, now=NOON + timedelta(hours=hours)))
        one |= {"state": found.state, "cause": found.cause, "serving": found.serving} if found else {}
        exhausted = exhausted or spent >= 1000
        assert not (exhausted and one["serving"])


def test_a_start_meets_the_gate() -> None:
    """Who starts a campaign in a crisis has a paused one, and is told why."""
    draft = campaign(state="draft", cause="", serving=False)
    assert started(draft, look(gate=CRISIS), "started").cause == "crisis"
    assert started(draft, look(), "started").serving
    assert "budget" in why_not_resumed(draft, look(spent=1000))
    assert "last day" in why_not_resumed(draft, look(now=NOON + timedelta(days=9)))


@pytest.mark.parametrize(
    ("state", "read", "now", "final"),
    [
        ("ended", 6.9, 8, False),  # what the network told since was not read
        ("ended", 7, 8, True),
        ("ended", None, 8, False),
        ("ended", None, 14, True),  # nothing will ever come
        ("running", 8, 20, False),
    ],
)
def test_counts_are_final_with_the_last_report_that_is_read(
    state: str, read: float | None, now: float, final: bool
) -> None:
    """Days after the end; reports are read for seven."""
    days = [None if day is None else NOON + timedelta(days=day) for day in (read, now)]
    one = {"state": state, "turned_at": NOON, "reported_at": days[0]}
    assert days[1] is not None
    assert concluded(one, timedelta(days=7), days[1]) == final


def test_a_day_has_its_equal_share_by_the_brands_clock() -> None:
    """Half of the day, half of its share; the day on which the clocks go back is an hour longer."""
    schedule = Schedule(date(2026, 11, 20), date(2026, 11, 29), "Europe/Paris")
    noon = pace(schedule, 1000, 400, NOON)
    assert noon == Pace(by_now=400 + 60, slack=2)
    autumn = Schedule(date(2026, 10, 25), date(2026, 10, 25), "Europe/Paris")
    assert autumn.ends.timestamp() - autumn.begins.timestamp() == 25 * 3600
    assert pace(autumn, 2500, 0, datetime(2026, 10, 25, 11, 30, tzinfo=UTC)).by_now == 1350


@given(st.integers(1, 100_000), st.floats(0, 1), st.integers(0, 9), st.integers(0, 23))
def test_the_plan_never_asks_for_more_than_the_budget(budget: int, part: float, day: int, hour: int) -> None:
    """At no hour of no day."""
    schedule = Schedule(date(2026, 11, 20), date(2026, 11, 29), "Europe/Paris")
    now = datetime(2026, 11, 19, 23, tzinfo=UTC) + timedelta(days=day, hours=hour)
    before = int(budget * part)
    assert before <= pace(schedule, budget, before, now).by_now <= budget


def statement(seq: int, said: int, day: int, **more: Any) -> PersonChanged:
    """What insights tells of a person on a day of November."""
    at = {"last_seen_at": datetime(2026, 11, day, 9, tzinfo=UTC), "first_seen_at": datetime(2026, 9, 2, tzinfo=UTC)}
    return PersonChanged.example().model_copy(update={"seq": seq, "said": said, **at, **more})


STATEMENTS = [
    statement(1, 4, 2),
    statement(2, 9, 19),
    statement(3, 11, 20),
    statement(4, 12, 24, moods={"positive": 3}),
]


def test_a_profile_is_the_same_whatever_came_first() -> None:
    """Twice, late and shuffled; a window is asked of what was told by each day."""
    ends = []
    for seed in range(8):
        shuffled, profile = STATEMENTS * 2, None
        random.Random(seed).shuffle(shuffled)
        for fact in shuffled:
            profile = people.grown(profile, fact)
        ends.append(people.facts(profile or {}, NOON))
    assert all(one == ends[0] for one in ends)
    assert (ends[0]["said"], ends[0]["said_7_days"], ends[0]["said_30_days"]) == (12, 8, 12)
    assert (ends[0]["mood.positive"], ends[0]["language"], ends[0]["days_since_last"]) == (1.0, "fr", 1)


def test_criteria_are_checked_when_they_are_typed() -> None:
    """What is misspelt, no condition or too long is named with its place."""
    assert problems(['network == "facebook"', "said_7_days >= 2 // often"]) == []
    (wrong,) = problems(["said >= 1", "sayd >= 1"])
    assert wrong["at"] == "criteria/1"
    assert "sayd" in wrong["why"]
    assert "true or false" in problems(["said + 1"])[0]["why"]
    assert problems(["x" * 3000])


def test_all_criteria_of_an_audience_must_hold() -> None:
    """One that fails on somebody leaves them out of that audience, and of no other."""
    profile = people.grown(None, STATEMENTS[3])
    facts = people.facts(profile, NOON)
    circles = Audiences({"all": (), "both": ("said > 3", "mood.positive > 0.5"), "one": ("said > 3", "said > 99")})
    assert circles.of(facts) == ["all", "both"]
    broken = Audiences({"all": (), "broken": ("said / (said - said) > 1",)})
    assert broken.of(facts) == ["all"]
