"""When a token is renewed: well before it ends, and not before half of its life is over."""

from datetime import datetime, timedelta

LOOKED_AT = timedelta(days=1)
FIRST_PAUSE, LONGEST_PAUSE = 30.0, 3600.0


def renew_at(now: datetime, ends_at: datetime | None, margin: timedelta, planned: datetime | None) -> datetime | None:
    """`margin` before its end, of a short life when half of what is left is over; never later than `planned`.

    None where the token does not end.
    """
    if ends_at is None:
        return None
    left = ends_at - now
    wanted = now + max(left - margin, left / 2)
    return wanted if planned is None else min(wanted, planned)


def next_look(now: datetime, renewing: datetime | None) -> datetime:
    """A token is looked at daily: its end may have been moved."""
    return now + LOOKED_AT if renewing is None else min(renewing, now + LOOKED_AT)


def is_pressing(now: datetime, planned: datetime | None, ends_at: datetime | None) -> bool:
    """Half of the time from when it was to be renewed until its end has passed, and nothing has come of it."""
    return planned is not None and ends_at is not None and now >= planned + (ends_at - planned) / 2


def pause(failures: int) -> float:
    """Seconds until the network is asked again."""
    return float(min(FIRST_PAUSE * 2 ** min(failures, 20), LONGEST_PAUSE))
