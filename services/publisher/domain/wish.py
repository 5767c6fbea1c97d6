"""Which wish about an interaction's visibility is the newest (design: revision, rule before person, number)."""

from datetime import datetime, timedelta

ACTIONS = frozenset({"show", "hide", "delete"})


OLDEST_REPLAY = timedelta(hours=24)


def acts(wanted: str, replayed_from: datetime | None, now: datetime) -> bool:
    """Whether a wish asks something of the network; a replay of what is older than a day does not by itself."""
    return wanted in ACTIONS and (replayed_from is None or now - replayed_from <= OLDEST_REPLAY)


def order(epoch: int, revision: int, *, by_person: bool, number: int) -> str:
    """Sorts as text does: a restore beats all, then the revision, then a person beats a rule, then the number."""
    return f"{epoch:06d}.{revision:08d}.{int(by_person)}.{number:010d}"
