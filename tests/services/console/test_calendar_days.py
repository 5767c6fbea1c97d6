"""Days and hours of a calendar: weeks, months, and the two days a year that are not 24 hours long."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from services.console.domain.calendar import SKIPPED, TWICE, Span, day_of, has_passed, odd_hours, slot, span, view_of

PARIS = ZoneInfo("Europe/Paris")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def test_a_week_begins_on_monday_and_a_month_is_made_of_whole_weeks() -> None:
    """Whatever day of them was asked for."""
    week, month = view_of("week", date(2026, 11, 29)), view_of("month", date(2026, 11, 25))
    assert (week.first, week.last, len(week.days)) == (date(2026, 11, 23), date(2026, 11, 29), 7)
    assert (month.first, month.last, len(month.days)) == (date(2026, 10, 26), date(2026, 12, 6), 42)


def test_one_goes_from_the_end_of_january_to_february_and_back() -> None:
    """No month is passed over because it is short."""
    january = view_of("month", date(2026, 1, 31))
    assert (january.after.month, january.before.month) == (2, 12)
    assert view_of("week", date(2026, 12, 31)).after == date(2027, 1, 7)


def test_the_clock_skips_an_hour_in_spring_and_shows_one_twice_in_autumn() -> None:
    """Nothing can be dropped where there is no time, and one says which of two is meant."""
    assert odd_hours(SPRING, PARIS) == {2: SKIPPED}
    assert odd_hours(AUTUMN, PARIS) == {2: TWICE}
    assert odd_hours(date(2026, 11, 25), PARIS) == {}


def test_half_an_hour_is_put_back_on_lord_howe() -> None:
    """Half of the hour is shown twice there; in spring the other half of an hour is left."""
    zone = ZoneInfo("Australia/Lord_Howe")
    assert odd_hours(date(2026, 4, 5), zone) == {1: TWICE}
    assert odd_hours(date(2026, 10, 4), zone) == {}


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), (SPRING, 1)),
        (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), (SPRING, 3)),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), (AUTUMN, 2)),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), (AUTUMN, 2)),
        (datetime(2026, 11, 24, 23, 30, tzinfo=UTC), (date(2026, 11, 25), 0)),
    ],
)
def test_a_moment_stands_where_the_clock_shows_it(moment: datetime, expected: tuple[date, int]) -> None:
    """On the brand's day, which may not be the day in Greenwich."""
    assert slot(moment, PARIS) == expected


def test_a_view_reads_enough_for_every_time_zone() -> None:
    """Midnight in Kiritimati and the last minute in American Samoa are in it."""
    begin, end = view_of("week", date(2026, 11, 25)).bounds()
    first = datetime(2026, 11, 23, tzinfo=ZoneInfo("Pacific/Kiritimati"))
    last = datetime(2026, 11, 29, 23, 59, tzinfo=ZoneInfo("Pacific/Pago_Pago"))
    assert begin <= first < last < end


def test_an_hour_has_passed_when_it_is_over_there() -> None:
    """The hour that runs has not."""
    now = datetime(2026, 11, 25, 9, 42, tzinfo=UTC)
    assert [has_passed(date(2026, 11, 25), hour, now, PARIS) for hour in (9, 10, 11)] == [True, False, False]


def test_a_campaign_lies_in_the_days_that_the_week_shows_of_it() -> None:
    """Cut at both ends; none where it does not touch the week."""
    week = view_of("week", date(2026, 11, 25))
    assert span(week, date(2026, 11, 20), date(2026, 11, 24)) == Span(0, 2)
    assert span(week, date(2026, 11, 27), date(2026, 12, 20)) == Span(4, 3)
    assert span(week, date(2026, 12, 1), date(2026, 12, 20)) is None


@pytest.mark.parametrize("text", ["", "yesterday", "2026-02-30", "9999-12-31", "0001-01-01"])
def test_an_address_that_names_no_day_is_today(text: str) -> None:
    """And no view is so far that its bounds cannot be written."""
    assert day_of(text, date(2026, 11, 25)) == date(2026, 11, 25)
