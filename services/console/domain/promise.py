"""How soon a brand means to answer: what is left of it, as a ring that empties."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.events.console.brand_changed import BrandChanged

CIRCUMFERENCE = 34.56  # of the ring's radius of 5.5
USUAL = 120  # minutes, of a brand that is not known here yet


@dataclass(frozen=True, slots=True)
class Promise:
    """`kind` is calm (""), "warn" in the last third, or "bad" when it is broken; `arc` the drawn length."""

    left: timedelta
    kind: str
    arc: float


def answer_within(brand: BrandChanged | None) -> timedelta:
    """How soon a brand means to answer."""
    return timedelta(minutes=brand.promise if brand else USUAL)


def promise(due_at: datetime, minutes: int, now: datetime) -> Promise:
    """What is left of a promise of so many minutes."""
    whole = timedelta(minutes=max(minutes, 1))
    left = due_at - now
    share = max(0.0, min(1.0, left / whole))
    kind = "bad" if left < timedelta(0) else "warn" if share < 1 / 3 else ""
    return Promise(left, kind, round(CIRCUMFERENCE * share, 1))
