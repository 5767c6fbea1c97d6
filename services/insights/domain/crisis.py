"""When a crisis begins and when it is over: two thresholds, so that what wavers around one does not ring twice."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import sqrt

from services.insights.domain.baseline import Usual

FEWEST = 10  # negative interactions; below it nothing is a crisis
FEWEST_AUTHORS = 5  # one angry person is not a crisis, however often they say so
TIMES = 3.0
SPREADS = 4.0
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Heard:
    """What a brand heard in the last window."""

    negative: int
    said: int
    authors: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a brand stands. `threshold` stays what it was when the crisis was suspected; `low_since`: below half."""

    suspected_at: datetime | None = None
    usual: float = 0.0
    threshold: float = 0.0
    learning: bool = False
    low_since: datetime | None = None


def threshold_of(usual: Usual, window: float) -> float:
    """How many negative interactions it takes within `window` seconds."""
    part = window / HOUR
    expected, spread = usual.negative * part, usual.spread * sqrt(part)
    return max(FEWEST, TIMES * expected, expected + SPREADS * spread)


def step(standing: Standing, heard: Heard, usual: Usual, now: datetime, window: float, ease_after: float) -> Standing:
    """Where the brand stands after a look; it has eased when it is below half of the threshold for `ease_after` s."""
    if standing.suspected_at is None:
        threshold = threshold_of(usual, window)
        if heard.negative < threshold or heard.authors < FEWEST_AUTHORS:
            return standing
        return Standing(now, usual.negative * window / HOUR, threshold, usual.learning)
    if heard.negative >= standing.threshold / 2:
        return replace(standing, low_since=None)
    low_since = standing.low_since or now
    if now - low_since >= timedelta(seconds=ease_after):
        return Standing()
    return replace(standing, low_since=low_since)
