"""What campaigns came to: sums, a curve against plan and budget, creatives compared. Pure shapes and numbers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import sqrt
from typing import Any
from zoneinfo import ZoneInfo

Doc = Mapping[str, Any]
HOUR = 3600.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 752.0, 20.0, 220.0
COUNTS = ("spend", "impressions", "clicks", "conversions")
SURE = 1.96  # of a normal distribution: 95 % lie within


@dataclass(frozen=True, slots=True)
class Curve:
    """Paths in a box of 760 by 250: what was spent, the plan (empty where there is none), where it stood still."""

    spent: str
    plan: str
    paused: Sequence[tuple[float, float]]
    now: float
    spent_y: float
    budget_y: float
    most: float


@dataclass(frozen=True, slots=True)
class Arm:
    """A creative's exact counts, and the share that did what is wanted with its 95 % interval (Wilson)."""

    name: str
    text: str
    share: int
    counts: Mapping[str, int]
    tries: int
    wins: int
    rate: float
    low: float
    high: float


def totals(hours: Iterable[Doc]) -> dict[str, int]:
    """Sums over hours and arms."""
    found = dict.fromkeys(COUNTS, 0)
    for hour in hours:
        for name in COUNTS:
            found[name] += hour[name]
    return found


def bounds(campaign: Doc) -> tuple[datetime, datetime]:
    """Its first moment, and the first after it, by the brand's clock."""
    zone, days = ZoneInfo(campaign["timezone"]), (campaign["first_day"], campaign["last_day"])
    first, last = (datetime.combine(date.fromisoformat(day), time(), zone) for day in days)
    return first, last + timedelta(days=1)


def planned(campaign: Doc, now: datetime) -> int:
    """Cents that an even plan has spent by now."""
    begin, end = (moment.timestamp() for moment in bounds(campaign))
    passed = min(1.0, max(0.0, (now.timestamp() - begin) / (end - begin)))
    budget: int = campaign["budget"]
    return round(budget * passed)


def curve(campaign: Doc, hours: Sequence[Doc], now: datetime) -> Curve:
    """Spend over the campaign's days; `hours` are the oldest first."""
    begin, end = (moment.timestamp() for moment in bounds(campaign))
    most = float(max(campaign["budget"], totals(hours)["spend"]))

    def x(moment: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * min(1.0, max(0.0, (moment - begin) / (end - begin))), 1)

    def y(cents: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * cents / most, 1)

    points, spent = [(x(begin), y(0))], 0
    for hour in hours:
        began = hour["hour"].timestamp()
        points.append((max(points[-1][0], x(began)), y(spent)))
        spent += hour["spend"]
        points.append((x(min(began + HOUR, now.timestamp())), y(spent)))
    if len(points) == 1 or points[-1][0] < x(now.timestamp()):
        points.append((x(now.timestamp()), y(spent)))
    line = "M" + " L".join(f"{px:.1f} {py:.1f}" for px, py in points)
    even = campaign["pacing"] == "even"
    plan = f"M{x(begin):.1f} {y(0):.1f} L{x(end):.1f} {y(campaign['budget']):.1f}" if even else ""
    paused = [(x(a), round(x(b) - x(a), 1)) for a, b in stood_still(campaign, now)]
    return Curve(line, plan, paused, x(now.timestamp()), y(spent), y(campaign["budget"]), most)


def stood_still(campaign: Doc, now: datetime) -> list[tuple[float, float]]:
    """From when to when it was paused, as seconds since 1970."""
    found: list[tuple[float, float]] = []
    since: float | None = None
    for turn in turns(campaign):
        at = turn["turned_at"].timestamp()
        if turn["state"] == "paused":
            since = at if since is None else since
        elif since is not None:
            found.append((since, at))
            since = None
    return found if since is None else [*found, (since, now.timestamp())]


def turns(campaign: Doc) -> list[Doc]:
    """What happened to it, the oldest first."""
    return sorted(campaign.get("turns", {}).values(), key=lambda one: one["turned_at"])


def arms(campaign: Doc, hours: Sequence[Doc]) -> list[Arm]:
    """The creatives side by side: of those who clicked who did what is sold, else of those who saw who clicked."""
    tried, won = ("clicks", "conversions") if campaign["objective"] == "conversions" else ("impressions", "clicks")
    found = []
    for arm in campaign["arms"]:
        counts = totals(hour for hour in hours if hour["arm"] == arm["name"])
        tries, wins = counts[tried], min(counts[won], counts[tried])
        low, high = interval(wins, tries)
        rate = wins / tries if tries else 0.0
        found.append(Arm(arm["name"], arm["text"], arm["share"], counts, tries, wins, rate, low, high))
    return found


def conclusion(campaign: Doc) -> Doc | None:
    """What its comparison came to in the end; None before that, and once somebody has made it go on."""
    found: Doc | None = campaign.get("conclusion")
    return found if found and found["ended_at"] == campaign["turned_at"] else None


def settled(campaign: Doc, hours: Sequence[Doc]) -> Sequence[Doc]:
    """What creatives are compared by: the final counts where they are stated, else all hours told so far."""
    found = conclusion(campaign)
    return [{**arm, "arm": arm["name"]} for arm in found["arms"]] if found else hours


def better(found: Sequence[Arm]) -> str:
    """The name of the creative whose interval lies wholly above the other's; empty where none does."""
    if len(found) != 2:
        return ""
    one, other = sorted(found, key=lambda arm: arm.rate, reverse=True)
    return one.name if other.tries and one.low > other.high else ""


def interval(wins: int, tries: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval)."""
    if not tries:
        return 0.0, 1.0
    rate, square = wins / tries, SURE**2
    middle = (rate + square / (2 * tries)) / (1 + square / tries)
    half = SURE * sqrt(rate * (1 - rate) / tries + square / (4 * tries**2)) / (1 + square / tries)
    return max(0.0, middle - half), min(1.0, middle + half)
