"""What a period amounts to: sums, stretches for charts, and how soon half of the answers came."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

Hour = Mapping[str, Any]
PLAIN = ("said", "backfilled", "own", "edited", "deleted", "judged", "answered", "answer_seconds")
MOODS = ("positive", "neutral", "negative")
LATER = "later"
BY_HOUR_UNTIL = timedelta(days=3)
LONGEST = timedelta(days=400)
USUAL_DAYS = 7
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of the brand's clock, both included."""

    first: date
    last: date
    zone: tzinfo

    @classmethod
    def read(cls, first: str, last: str, today: date, zone: tzinfo) -> "Period":
        """What an address asks for; what is no date, is the wrong way round or too long is the last seven days."""
        try:
            begin, end = date.fromisoformat(first), date.fromisoformat(last)
        except ValueError:
            return cls(today - timedelta(days=USUAL_DAYS - 1), today, zone)
        if begin > end or end - begin > LONGEST:
            return cls(today - timedelta(days=USUAL_DAYS - 1), today, zone)
        return cls(begin, end, zone)

    @property
    def begin(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time(), self.zone)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)

    @property
    def by_hour(self) -> bool:
        """Whether its stretches are hours; else they are days."""
        return self.last - self.first < BY_HOUR_UNTIL


@dataclass(slots=True)
class Amount:
    """Sums over hours and channels."""

    begin: datetime
    words: Counter[str] = field(default_factory=Counter)
    moods: Counter[str] = field(default_factory=Counter)
    within: Counter[str] = field(default_factory=Counter)

    def add(self, hour: Hour) -> None:
        """One more hour of a channel."""
        self.words.update({name: hour.get(name, 0) for name in PLAIN})
        self.moods.update(hour.get("moods", {}))
        self.within.update(hour.get("answered_within", {}))

    @property
    def half_within(self) -> str:
        """Half of the answers came within so many minutes (`later`: than a day); empty without an answer."""
        return half_within(self.within)


def whole(hours: Iterable[Hour], period: Period) -> Amount:
    """The period in one."""
    amount = Amount(period.begin)
    for hour in hours:
        amount.add(hour)
    return amount


def stretches(hours: Iterable[Hour], period: Period) -> list[Amount]:
    """The period's hours or days one after the other, the silent ones too."""
    found = {begin.astimezone(UTC): Amount(begin) for begin in _begins(period)}  # a clock shows some hours twice
    for hour in hours:
        day = datetime.combine(hour["hour"].astimezone(period.zone).date(), time(), period.zone)
        begin = (hour["hour"] if period.by_hour else day).astimezone(UTC)
        if begin in found:
            found[begin].add(hour)
    return list(found.values())


def half_within(within: Mapping[str, int]) -> str:
    """The first bound that at least half of the answers keep."""
    counted, answers = 0, sum(within.values())
    for bound in sorted(within, key=_order):
        counted += within[bound]
        if answers and counted * 2 >= answers:
            return bound
    return ""


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(DANGEROUS) else cell


def scaled(parts: Sequence[int], most: int, height: float) -> list[float]:
    """Heights of stacked parts where `most` is as high as the chart."""
    return [round(part * height / most, 1) if most else 0.0 for part in parts]


def _begins(period: Period) -> list[datetime]:
    if not period.by_hour:
        days = (period.last - period.first).days + 1
        return [datetime.combine(period.first + timedelta(days=day), time(), period.zone) for day in range(days)]
    first, hours = period.begin.timestamp(), int((period.end.timestamp() - period.begin.timestamp()) // 3600)
    return [datetime.fromtimestamp(first + 3600 * hour, period.zone) for hour in range(hours)]


def _order(bound: str) -> float:
    return float(bound) if bound.isdecimal() else float("inf")
