"""Counts that need not be exact once they are high: what is known to be many is not counted again for a while."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

MANY = 200
FOR = timedelta(minutes=1)
MOST_KNOWN = 20_000

Count = Callable[[Sequence[str]], Awaitable[dict[str, int]]]


class Tallies:
    """Keeps a storm of one text, or of one author, from being counted from the start by every batch."""

    def __init__(self) -> None:
        self._many: dict[str, tuple[int, datetime]] = {}

    async def of(self, keys: Sequence[str], count: Count, now: datetime) -> dict[str, int]:
        """The count of each key; that of a key known to be many may be a minute old."""
        known = {key: self._many[key][0] for key in keys if key in self._many and self._many[key][1] > now}
        counted = await count([key for key in keys if key not in known])
        if len(self._many) > MOST_KNOWN:
            self._many.clear()
        self._many |= {key: (many, now + FOR) for key, many in counted.items() if many >= MANY}
        return known | counted
