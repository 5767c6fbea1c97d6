"""When a campaign runs, by its brand's clock, and how much of its budget may be spent by now."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
SLACK = 48  # parts of a day's share that may be spent ahead, so that what is on the line does not flicker


@dataclass(frozen=True, slots=True)
class Schedule:
    """Whole days of the brand's clock, both included."""

    first_day: date
    last_day: date
    timezone: str

    @property
    def begins(self) -> datetime:
        """Its first moment."""
        return self._midnight(self.first_day)

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return self._midnight(self.last_day + DAY)

    def day_began(self, now: datetime) -> datetime:
        """When the day that the brand's clock shows began."""
        return self._midnight(now.astimezone(ZoneInfo(self.timezone)).date())

    def share_of_today(self, now: datetime) -> tuple[int, float]:
        """How many days are left, this one included, and how much of this one has passed (a day may have 23 hours)."""
        today = now.astimezone(ZoneInfo(self.timezone)).date()
        begin, end = self._midnight(today).timestamp(), self._midnight(today + DAY).timestamp()
        return max(1, (self.last_day - today).days + 1), (now.timestamp() - begin) / (end - begin)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self.timezone))


@dataclass(frozen=True, slots=True)
class Pace:
    """Cents that may be spent by now, and how far ahead of that is still on the line."""

    by_now: int
    slack: int


def pace(schedule: Schedule, budget: int, spent_before_today: int, now: datetime) -> Pace:
    """Each day gets an equal share of what is left of the budget, and each part of the day an equal part of that.

    What a pause kept from being spent is shared out over the days that are left: nothing is caught up at once.
    """
    days, passed = schedule.share_of_today(now)
    share = max(0, budget - spent_before_today) / days
    return Pace(spent_before_today + int(share * passed), int(share / SLACK))
