"""The calendar in words: each post as a chip that says its state and why, days with their hours, bands over them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any

from babel.dates import format_date

from services.console.domain import calendar
from services.console.domain.brands import BrandTile
from services.console.domain.calendar import HOURS, SKIPPED, TWICE, View
from services.console.pages.composer_view import EDITABLE
from services.console.pages.post_view import STATE_SIGNS, Delivery, deliveries
from services.console.words import Words

Doc = Mapping[str, Any]
CHIPS = {
    "draft": "p-draft",
    "waiting": "p-wait",
    "approved": "p-wait",
    "scheduled": "p-sched",
    "going_out": "p-sched",
    "published": "p-done",
    "late": "p-late",
    "failed": "p-fail",
}
FROM = ("from-1", "from-2", "from-3", "from-4", "from-5", "from-6", "from-7")
LONG = ("", "long-1", "long-2", "long-3", "long-4", "long-5", "long-6", "long-7")
REFUSED, OPEN = ("failed", "rejected"), ("unsettled", "unknown")
TOLD = frozenset({"held", "late", "failed", "unsettled", "stranded", "approved"})  # whose why stands on the chip itself
LONGEST_TITLE = 80


@dataclass(frozen=True, slots=True)
class Chip:
    """One post. `look` names its style, `why` says why it is so; `clock` is its time in its brand's own zone."""

    id: str
    brand: BrandTile
    seq: int
    clock: str
    zone: str
    title: str
    look: str
    icon: str
    state: str
    why: str
    told: str
    networks: Sequence[str]
    movable: bool
    day: date | None
    hour: int


@dataclass(frozen=True, slots=True)
class Slot:
    """An hour of a day. `look` is "past", "skip" (the clock has no such hour), "twice" or nothing."""

    hour: int
    look: str
    chips: list[Chip] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Day:
    """One day: its name in words, and in a week its hours, in a month all its chips."""

    date: date
    words: str
    name: str
    looks: str
    slots: Sequence[Slot]
    chips: list[Chip]


@dataclass(frozen=True, slots=True)
class Band:
    """Days of a campaign or of a hold, over the week: where it begins and how long it is, as styles."""

    href: str
    kind: str
    icon: str
    words: str
    why: str
    place: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What chips are read with: whose language, which channels and members have which names, which brands are held."""

    words: Words
    zones: Mapping[str, tzinfo]
    usual: tzinfo
    channels: Mapping[str, str]
    names: Mapping[str, str]
    held: Mapping[str, str]
    movers: frozenset[str]


def chip(post: Doc, brand: BrandTile, by: Reading) -> Chip:
    """A stored post."""
    zone = by.zones.get(brand.id, by.usual)
    words, due = by.words.at(zone), post.get("due_at")
    ends = deliveries(post, by.channels, words)
    state = _state(post, ends, by.held)
    look, icon = _look(state, post["state"])
    text = next((one["text"] for one in post.get("renditions") or () if one.get("text")), "")
    day, hour = calendar.slot(due, zone) if due else (None, 0)
    why = _why(state, post, ends, by)
    return Chip(
        id=post["_id"],
        brand=brand,
        seq=post.get("seq") or 0,
        clock=words.clock(due) if due else "",
        zone=words.offset(due) if due and _is_unusual(due, zone, by.usual) else "",
        title=post.get("title") or text[:LONGEST_TITLE] or words("posts.untitled"),
        look=look,
        icon=icon,
        state=words.known(f"calendar.state_{state}", words.known(f"posts.state_{state}", state)),
        why=why,
        told=why if state in TOLD else "",
        networks=[one["network"] for one in post.get("renditions") or ()],
        movable=post["state"] in EDITABLE and brand.id in by.movers,
        day=day,
        hour=hour,
    )


def days(view: View, chips: Sequence[Chip], now: datetime, zone: tzinfo, words: Words) -> list[Day]:
    """The view's days with the chips that stand on them."""
    today = now.astimezone(zone).date()
    made = {day: _day(view, day, today, now, zone, words) for day in view.days}
    for one in sorted(chips, key=lambda one: (one.clock, one.brand.name, one.title)):
        if one.day not in made:
            continue
        day = made[one.day]
        day.chips.append(one)
        if day.slots:
            day.slots[one.hour].chips.append(one)
    return list(made.values())


def heading(view: View, words: Words) -> str:
    """`23 – 29 November 2026`, `November 2026`."""
    if view.kind == "month":
        return str(format_date(view.on, "LLLL yyyy", locale=words.language)).capitalize()
    first = "d" if view.first.month == view.last.month else "d MMMM"
    begin, end = (format_date(day, form, locale=words.language) for day, form in _ends(view, first))
    return f"{begin} – {end}"


def band(view: View, first: date, last: date, **shown: str) -> Band | None:
    """A band over the days that the week shows of it."""
    found = calendar.span(view, first, last)
    return Band(**shown, place=f"{FROM[found.begin]} {LONG[found.length]}") if found else None


def _ends(view: View, first: str) -> tuple[tuple[date, str], tuple[date, str]]:
    return (view.first, first), (view.last, "d MMMM yyyy")


def _day(view: View, day: date, today: date, now: datetime, zone: tzinfo, words: Words) -> Day:
    looks = ["today" if day == today else "past" if day < today else ""]
    looks.append("out" if view.kind == "month" and day.month != view.on.month else "")
    slots: list[Slot] = []
    if view.kind == "week":
        odd = calendar.odd_hours(day, zone)
        slots = [Slot(hour, _hour_look(day, hour, odd, now, zone)) for hour in range(HOURS)]
    named = str(format_date(day, "EEE d MMM", locale=words.language))
    name = str(format_date(day, "EEE", locale=words.language))
    return Day(day, named, name, " ".join(look for look in looks if look), slots, [])


def _hour_look(day: date, hour: int, odd: Mapping[int, int], now: datetime, zone: tzinfo) -> str:
    if calendar.has_passed(day, hour, now, zone):
        return "past"
    return {SKIPPED: "skip", TWICE: "twice"}.get(odd.get(hour, 1), "")


def _state(post: Doc, ends: Sequence[Delivery], held: Mapping[str, str]) -> str:
    """The post's state as people must see it: what one of its channels refused comes before what others took."""
    states = {one.state for one in ends}
    if "stranded" in states:
        return "stranded"
    if states & set(REFUSED):
        return "failed"
    if states & set(OPEN):
        return "unsettled"
    return "held" if post["state"] == "scheduled" and post["brand_id"] in held else str(post["state"])


def _look(state: str, own: str) -> tuple[str, str]:
    special = {
        "held": ("p-held", "hold"),
        "unsettled": ("p-unk", "ringdash"),
        "stranded": ("p-late", "warn"),
        "failed": ("p-fail", "oct"),
    }
    return special.get(state) or (CHIPS.get(own, "p-draft"), STATE_SIGNS.get(own, ("mute", "ring"))[1])


def _why(state: str, post: Doc, ends: Sequence[Delivery], by: Reading) -> str:
    wanted = {"failed": REFUSED, "unsettled": OPEN, "stranded": ("stranded",)}.get(state, ())
    told = [by.words.pair(one.network_name, one.why or one.sign.words) for one in ends if one.state in wanted]
    if told:
        return " · ".join(told)
    if state == "held":
        return by.held[post["brand_id"]]
    person = post.get("approved_by") or post.get("author") or ""
    key = "calendar.why_approved_by" if post.get("approved_by") and state == "scheduled" else f"calendar.why_{state}"
    return by.words.known(key, "").format(name=by.names.get(person, person))


def _is_unusual(moment: datetime, zone: tzinfo, usual: tzinfo) -> bool:
    """Whether the clock alone does not say it: another zone than the page's, or an hour that is shown twice."""
    local = moment.astimezone(zone)
    is_twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return is_twice or local.utcoffset() != moment.astimezone(usual).utcoffset()
