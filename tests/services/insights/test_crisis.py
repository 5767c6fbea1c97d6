"""When anger is a crisis: far more than usual, from several people, told once until it is over."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.insights.domain.baseline import HourHeard, Usual, eldest, share_of_anger, usual
from services.insights.domain.crisis import FEWEST, Heard, Standing, step, threshold_of

NOW = datetime(2026, 11, 25, 9, 40, tzinfo=UTC)
NINE = datetime(2026, 11, 25, 9, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
LONG_AGO = NOW - timedelta(days=100)
QUIET = Usual(1.0, 1.4, learning=False)
WINDOW, EASE = 3600.0, 1800.0


def looked(standing: Standing, negative: int, minutes: float, authors: int = 9, base: Usual = QUIET) -> Standing:
    """A look so many minutes after now."""
    now = NOW + timedelta(minutes=minutes)
    return step(standing, Heard(negative, negative * 2, authors), base, now, WINDOW, EASE)


def test_the_hour_of_the_week_is_compared_with_itself() -> None:
    """A brand that is always scolded on Wednesday mornings is not in a crisis on Wednesday morning."""
    weeks = {
        NINE - timedelta(weeks=week) + timedelta(hours=h): HourHeard(90, 40) for week in range(9) for h in (-1, 0, 1)
    }
    wednesday = usual(weeks, LONG_AGO, 0.0, NOW, PARIS)
    thursday = usual(weeks, LONG_AGO, 0.0, NOW + timedelta(days=1), PARIS)
    assert (wednesday.negative, thursday.negative, wednesday.learning) == (40, 0, False)
    assert threshold_of(wednesday, WINDOW) == 120
    assert threshold_of(thursday, WINDOW) == FEWEST


def test_the_brands_own_clock_says_which_hour_it_is() -> None:
    """Scolded from eleven to one each Wednesday in Paris: in summer that was an hour earlier by universal time."""
    weeks = [datetime(2026, 11, 25, tzinfo=PARIS) - timedelta(weeks=week) for week in range(1, 9)]
    hours = {(day + timedelta(hours=h)).astimezone(UTC): HourHeard(50, 40) for day in weeks for h in (11, 12)}
    assert usual(hours, LONG_AGO, 0.0, NOW, PARIS).negative == 0
    assert usual(hours, LONG_AGO, 0.0, NOW, UTC).negative == 20


@pytest.mark.parametrize(
    "now", [NOW, datetime(2026, 4, 1, 9, 30, tzinfo=UTC), datetime(2026, 11, 4, 9, 30, tzinfo=UTC)]
)
def test_all_that_is_compared_is_read(now: datetime) -> None:
    """Eight weeks of the same anger are eight weeks of it, also where clocks have changed: no hour is taken for silent
    because it was not asked for."""
    span = (now.replace(minute=0) - timedelta(hours=hour) for hour in range(24 * 70))
    read = {hour: HourHeard(90, 40) for hour in span if hour >= eldest(now)}
    compared = [hour for week in range(1, 9) for hour in around(now.astimezone(PARIS) - timedelta(weeks=week))]
    assert set(compared) <= read.keys()


def around(moment: datetime) -> list[datetime]:
    """This hour and the ones beside it."""
    hour = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return [hour + timedelta(hours=beside) for beside in (-1, 0, 1)]


def test_one_crisis_in_the_past_does_not_make_the_next_usual() -> None:
    """The median forgets a single bad week."""
    weeks = {NINE - timedelta(weeks=week): HourHeard(20, 400 if week == 3 else 2) for week in range(1, 9)}
    assert usual(weeks, LONG_AGO, 0.0, NOW, PARIS).negative <= 2


def test_a_young_brand_is_still_being_learnt() -> None:
    """Under 14 days: its last day, or what other brands would make of as much talk; and it says so."""
    day = {NINE - timedelta(hours=h): HourHeard(60, 3) for h in range(1, 25)}
    young = NOW - timedelta(days=13)
    own, others = usual(day, young, 0.0, NOW, PARIS), usual(day, young, 0.2, NOW, PARIS)
    assert (own.negative, others.negative, own.learning, others.learning) == (3, 12, True, True)
    assert usual({}, None, 0.5, NOW, PARIS) == Usual(0.0, 1.0, learning=True)


def test_the_present_hour_is_not_its_own_measure() -> None:
    """A storm does not become usual by lasting into the hour it began in."""
    assert usual({NINE: HourHeard(500, 400)}, NOW - timedelta(days=1), 0.0, NOW, PARIS).negative == 0


def test_other_brands_count_by_their_share() -> None:
    """The brand in the middle; silent ones say nothing."""
    assert share_of_anger([HourHeard(10, 1), HourHeard(1000, 300), HourHeard(0, 0), HourHeard(10, 9)]) == 0.3
    assert share_of_anger([]) == 0.0


def test_one_angry_person_is_no_crisis() -> None:
    """However often they say so."""
    assert looked(Standing(), 200, 0, authors=4) == Standing()
    assert looked(Standing(), 200, 0, authors=5).suspected_at == NOW


def test_it_is_over_when_it_stays_low() -> None:
    """Half the threshold for half an hour; a relapse begins the wait anew."""
    crisis = looked(Standing(), 60, 0)
    low = looked(crisis, 4, 10)
    assert low.low_since == NOW + timedelta(minutes=10)
    relapsed = looked(low, 9, 30)
    assert (relapsed.suspected_at, relapsed.low_since) == (NOW, None)
    assert looked(looked(relapsed, 4, 40), 4, 69).suspected_at == NOW
    assert looked(looked(relapsed, 4, 40), 4, 70) == Standing()


@given(st.lists(st.integers(FEWEST // 2, 400), max_size=60))
def test_what_wavers_rings_once(levels: list[int]) -> None:
    """As long as anger never falls below half of the threshold, there is at most one crisis."""
    standing, begun = Standing(), 0
    for minute, negative in enumerate(levels):
        before, standing = standing, looked(standing, negative, minute)
        begun += before.suspected_at is None and standing.suspected_at is not None
        assert before.suspected_at is None or standing.suspected_at is not None
    assert begun <= 1


@given(st.floats(0, 1000), st.floats(0, 100), st.floats(1, 3600))
def test_no_threshold_lies_below_the_fewest(negative: float, spread: float, window: float) -> None:
    """Nor below what is usual."""
    base = Usual(negative, spread, learning=False)
    assert threshold_of(base, window) >= max(FEWEST, negative * window / 3600)
