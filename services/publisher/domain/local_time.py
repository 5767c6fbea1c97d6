"""A time as the brand's people say it, in the brand's own zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


class NoSuchTime(ValueError):
    """The clocks skip this time; `choices` are the moments just before and after."""

    def __init__(self, choices: tuple[datetime, datetime]) -> None:
        super().__init__("the clocks go forward then: this time does not exist")
        self.choices = choices


class TwiceThatTime(ValueError):
    """The clocks show this time twice; `choices` are both moments."""

    def __init__(self, choices: tuple[datetime, datetime]) -> None:
        super().__init__("the clocks go back then: this time comes twice")
        self.choices = choices


def moment(local: datetime, timezone: str) -> datetime:
    """The UTC moment of a naive local time. Raises `NoSuchTime` or `TwiceThatTime` (IANA zone rules)."""
    zone = ZoneInfo(timezone)
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first == second:
        return first
    if first.astimezone(zone).replace(tzinfo=None) != local:
        raise NoSuchTime((first - timedelta(hours=1), first))
    raise TwiceThatTime((first, second))
