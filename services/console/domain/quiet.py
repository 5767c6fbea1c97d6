"""When an alert leaves: at once, with the hour's or the day's others, and never in a person's quiet hours."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from services.console.domain.alerts import Mode

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """A person's day by their own clock: quiet from `begin` to `end` (equal: never), the day's mail at `daily`."""

    zone: tzinfo
    begin: time = time(0)
    end: time = time(0)
    daily: time = time(8)

    def quiet(self, moment: datetime) -> bool:
        """Whether nothing is sent then."""
        clock = moment.astimezone(self.zone).time()
        if self.begin <= self.end:
            return self.begin <= clock < self.end
        return clock >= self.begin or clock < self.end

    def awake(self, moment: datetime) -> datetime:
        """That moment, or the end of the quiet hours that it falls into."""
        return self._next(self.end, moment) if self.quiet(moment) else moment

    def leaves_at(self, mode: Mode, now: datetime) -> datetime:
        """When what happens now is told (UTC)."""
        return self.awake(self._gathered(mode, now)).astimezone(UTC)

    def _gathered(self, mode: Mode, now: datetime) -> datetime:
        if mode == "hourly":
            local = now.astimezone(self.zone)
            past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
            return now - past + HOUR
        return self._next(self.daily, now) if mode == "daily" else now

    def _next(self, clock: time, after: datetime) -> datetime:
        """The first moment after `after` at which a clock there shows `clock`.

        A time that a change of the clocks leaves out is the moment of that change's end; one that it repeats is met
        twice, and the first after `after` counts.
        """
        today = after.astimezone(self.zone).date()
        moments = [self._at(today + days * DAY, clock, fold) for days in (0, 1) for fold in (0, 1)]
        return min(moment for moment in moments if moment > after)

    def _at(self, day: date, clock: time, fold: int) -> datetime:
        local = datetime.combine(day, clock.replace(fold=fold), self.zone).astimezone(UTC)
        skipped = local.astimezone(self.zone).time().replace(fold=0) != clock
        return datetime.combine(day, clock, self.zone).astimezone(UTC) if skipped else local
