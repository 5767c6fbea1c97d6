"""A calendar's days and hours: what a view covers, where a moment stands in it, which hours a clock skips."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

Kind = Literal["week", "month"]
WEEK = 7
HOURS = 24
QUARTER = timedelta(minutes=15)
FARTHEST = timedelta(hours=15)  # no time zone is farther from UTC (tz database: −12 to +14)
SKIPPED, ONCE, TWICE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class View:
    """A week, or the whole weeks that a month touches. `on` is the day that it was asked for."""

    kind: Kind
    on: date
    first: date
    days: Sequence[date]

    @property
    def last(self) -> date:
        """Its last day, included."""
        return self.days[-1]

    @property
    def before(self) -> date:
        """A day of the view before this one."""
        return self.on - timedelta(days=WEEK) if self.kind == "week" else self.on.replace(day=1) - timedelta(days=1)

    @property
    def after(self) -> date:
        """A day of the view after this one."""
        return self.on + timedelta(days=WEEK) if self.kind == "week" else _next_month(self.on)

    def bounds(self) -> tuple[datetime, datetime]:
        """A stretch of time that holds all moments of these days, in whatever time zone."""
        begin = datetime.combine(self.first, time(), UTC) - FARTHEST
        return begin, datetime.combine(self.last, time(), UTC) + timedelta(days=1) + FARTHEST

    def holds(self, day: date) -> bool:
        """Whether it shows that day."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Span:
    """Days as they lie in a week: the column where they begin (0 is its first day), and how many there are."""

    begin: int
    length: int


def view_of(kind: Kind, on: date) -> View:
    """The week (from Monday) or the month around a day."""
    begin = on if kind == "week" else on.replace(day=1)
    end = on if kind == "week" else _next_month(on) - timedelta(days=1)
    first = begin - timedelta(days=begin.weekday())
    last = end + timedelta(days=WEEK - 1 - end.weekday())
    return View(kind, on, first, [first + timedelta(days=n) for n in range((last - first).days + 1)])


def slot(moment: datetime, zone: tzinfo) -> tuple[date, int]:
    """The day and hour that a moment has on a clock in that zone."""
    local = moment.astimezone(zone)
    return local.date(), local.hour


def odd_hours(day: date, zone: tzinfo) -> Mapping[int, int]:
    """The hours of a day that its clock skips or shows twice; on nearly every day there are none.

    An hour of which any part is repeated counts as shown twice, one of which nothing is shown as skipped.
    """
    begin, end = (datetime.combine(one, time(), zone) for one in (day, day + timedelta(days=1)))
    if begin.utcoffset() == end.utcoffset():
        return {}
    shown = dict.fromkeys(range(HOURS), 0)
    moment, until = begin.astimezone(UTC), end.astimezone(UTC)
    while moment < until:
        shown[moment.astimezone(zone).hour] += 1
        moment += QUARTER
    quarters = timedelta(hours=1) // QUARTER
    return {hour: TWICE if n > quarters else SKIPPED for hour, n in shown.items() if n == 0 or n > quarters}


def has_passed(day: date, hour: int, now: datetime, zone: tzinfo) -> bool:
    """Whether nothing can be planned for that hour any more: it is over on the zone's clock."""
    local = now.astimezone(zone)
    return (day, hour) < (local.date(), local.hour)


def span(view: View, first: date, last: date) -> Span | None:
    """Where days from `first` to `last` lie in a week; None where they do not."""
    if last < view.first or first > view.last:
        return None
    begin, end = max(first, view.first), min(last, view.last)
    return Span((begin - view.first).days, (end - begin).days + 1)


def day_of(text: str, fallback: date) -> date:
    """`2026-11-25` from an address; what is no day, or one that no calendar reaches, is the fallback."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return fallback
    return day if date(2000, 1, 1) <= day <= date(2100, 1, 1) else fallback


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
