"""What the demo's brands mean to say in the next days: the same day plans the same posts."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from parvis.simulator.brands import DemoBrand

DAYS = 5
EVERY = 2  # days between two posts of a brand
HOURS = (9, 12, 18)
STATES = ("scheduled", "scheduled", "scheduled", "waiting", "scheduled", "draft")
SOON = timedelta(seconds=75)


@dataclass(frozen=True, slots=True)
class Plan:
    """A post to come. `until` is how far it has got: a `draft`, `waiting` for approval, or `scheduled`."""

    post_id: str
    brand_id: str
    text: str
    due_at: datetime
    until: str = "scheduled"


@cache
def voices() -> Mapping[str, Sequence[str]]:
    """What each brand has to say, by its slug."""
    return tomllib.loads(files("parvis.demo").joinpath("posts.toml").read_text(encoding="utf-8"))


def saying(brand: DemoBrand, number: int) -> str:
    """The brand's post of that number; they come round."""
    texts = voices()[brand.slug]
    return texts[number % len(texts)]


def plans(brands: Iterable[DemoBrand], now: datetime) -> list[Plan]:
    """For each brand a post every other day, a few not ready yet; one of some brand goes out soon."""
    brands = list(brands)
    ahead = [plan for place, brand in enumerate(brands) for plan in _of(brand, place, now)]
    return [_soon(brands[now.minute % len(brands)], now), *ahead]


def _soon(brand: DemoBrand, now: datetime) -> Plan:
    return Plan(f"demo-{brand.slug}-{now:%Y%m%d%H%M%S}", brand.slug, saying(brand, now.day + now.hour), now + SOON)


def _of(brand: DemoBrand, place: int, now: datetime) -> Iterator[Plan]:
    zone = ZoneInfo(brand.time_zone)
    today = now.astimezone(zone).date()
    for ahead in range(1, DAYS + 1):
        day = today + timedelta(days=ahead)
        number = day.toordinal() + place
        if number % EVERY == 0:
            due = datetime.combine(day, time(HOURS[number // EVERY % len(HOURS)]), zone).astimezone(UTC)
            state = STATES[(number // EVERY + place) % len(STATES)]
            yield Plan(_id(brand, day), brand.slug, saying(brand, number // EVERY), due, state)


def _id(brand: DemoBrand, day: date) -> str:
    return f"demo-{brand.slug}-{day.isoformat()}"
