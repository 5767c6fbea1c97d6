"""How much anger is usual: by the hour of the week where there is history, else by yesterday and by other brands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from math import sqrt
from statistics import median

HISTORY = timedelta(days=14)  # under this the baseline is still being learnt
REMEMBERED = timedelta(weeks=8)
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
NEIGHBOURS = (timedelta(hours=-1), timedelta(0), timedelta(hours=1))
TO_DEVIATION = 1.48  # of a median distance, were it a bell curve


@dataclass(frozen=True, slots=True)
class HourHeard:
    """What a brand heard in an hour (or several), over all channels and without backfill."""

    said: int
    negative: int


Hours = Mapping[datetime, HourHeard]  # by the hour (UTC); an hour without an entry was silent


@dataclass(frozen=True, slots=True)
class Usual:
    """Negative interactions that an hour usually has, and how far that wavers. `learning`: from too little history."""

    negative: float
    spread: float
    learning: bool


def eldest(now: datetime) -> datetime:
    """From when on hours are compared: the ones beside the same hour eight weeks ago, where clocks may have changed."""
    return now - REMEMBERED - timedelta(hours=3)


def usual(hours: Hours, began: datetime | None, others: float, now: datetime, zone: tzinfo) -> Usual:
    """What is usual now for a brand that was first heard at `began`; `others` is the usual share of anger elsewhere."""
    if began is None or now - began < HISTORY:
        return _learning(hours, others, now)
    return _grown(hours, began, now, zone)


def share_of_anger(brands: Iterable[HourHeard]) -> float:
    """The median share of negative among what brands hear; 0 where nobody hears anything."""
    shares = [heard.negative / heard.said for heard in brands if heard.said]
    return median(shares) if shares else 0.0


def _grown(hours: Hours, began: datetime, now: datetime, zone: tzinfo) -> Usual:
    """The median of this hour of the week, with the hours beside it, in the weeks before (by the brand's clock)."""
    samples = [
        float(_at(hours, moment).negative)
        for week in range(1, REMEMBERED // WEEK + 1)
        for beside in NEIGHBOURS
        if (moment := _same_clock(now, week, zone) + beside) >= _hour(began)
    ]
    middle = median(samples)
    distance = median(abs(sample - middle) for sample in samples)
    return Usual(middle, max(sqrt(middle + 1), TO_DEVIATION * distance), learning=False)


def _learning(hours: Hours, others: float, now: datetime) -> Usual:
    """The mean of the last 24 h before this one, or what other brands would make of as much talk, if that is more."""
    this = _hour(now)
    before = [heard for hour, heard in hours.items() if this - DAY <= hour < this]
    own, said = sum(h.negative for h in before) / 24, sum(h.said for h in before) / 24
    expected = max(own, others * said)
    return Usual(expected, sqrt(expected + 1), learning=True)


def _same_clock(now: datetime, weeks: int, zone: tzinfo) -> datetime:
    """The hour that the brand's clock showed so many weeks ago: summer time moves it."""
    local = now.astimezone(zone)
    return _hour((local - weeks * WEEK).astimezone(now.tzinfo))


def _at(hours: Hours, moment: datetime) -> HourHeard:
    return hours.get(moment, HourHeard(0, 0))


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
