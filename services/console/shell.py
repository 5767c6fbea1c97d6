"""What stands around every page: the brands on the rail, the doors with what waits behind them."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import Response

from services.console.domain.brands import BrandTile, tile
from services.console.domain.membership import managed, manages_all
from services.console.stopped import Stopped, stopped
from services.console.store.inbox import Waiting
from services.console.undo import undo_of
from services.console.visits import ALL, Visit, zone_of

PINNED = 8
FIRST, AT_THE_THUMB = 6, 4  # doors that stand open on a desk, and on a phone; the others are behind "More"


@dataclass(frozen=True, slots=True)
class Door:
    """One section: the door that leads there and the number on it."""

    section: str
    icon: str
    letter: str
    href: str
    count: int = 0
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Shell:
    """One page's surroundings."""

    scope: str
    section: str
    here: str
    brands: Sequence[BrandTile]
    pinned: Sequence[BrandTile]
    doors: Sequence[Door]
    brand: BrandTile | None
    held: Sequence[Stopped] = ()
    holdable: Sequence[BrandTile] = ()
    may_hold: bool = False
    may_audit: bool = False
    may_members: bool = False
    alerts: int = 0
    waits: Mapping[str, Waiting] = field(default_factory=dict)

    def leads_to(self, door: Door) -> bool:
        """Whether the page stands behind that door: the list of posts is one of the calendar's views."""
        return door.section == ("calendar" if self.section == "posts" else self.section)

    @property
    def open_doors(self) -> Sequence[Door]:
        """Those of every day, and the one that the page stands behind."""
        return [door for at, door in enumerate(self.doors) if at < FIRST or self.leads_to(door)]

    @property
    def thumb_doors(self) -> Sequence[Door]:
        """Those that a phone has at its lower edge."""
        return self.doors[:AT_THE_THUMB]

    @property
    def more_doors(self) -> Sequence[tuple[Door, bool]]:
        """The others; and whether it is one that stands open where there is room."""
        return [(door, at < FIRST) for at, door in enumerate(self.doors) if at >= AT_THE_THUMB]

    @property
    def is_further(self) -> bool:
        """Whether the page stands behind none of a phone's own doors."""
        return not any(self.leads_to(door) for door in self.thumb_doors)

    @property
    def further(self) -> Door:
        """What waits behind all that do not stand open."""
        rest = self.doors[FIRST:]
        return Door("more", "menu", "", "", sum(door.count for door in rest), any(door.bad for door in rest))

    def tile(self, brand_id: str) -> BrandTile:
        """The brand of a row."""
        return next((brand for brand in self.brands if brand.id == brand_id), BrandTile(brand_id, brand_id, "?", 1))


async def shell_of(here: Visit, scope: str, section: str) -> Shell:
    """The surroundings for a scope and section; a scope that is not the person's is 404."""
    shown = here.brands(scope)
    console, granted = here.console, here.person.brands
    stored, waiting, held, unseen = await asyncio.gather(
        console.directory.brands(granted),
        console.inbox.waiting(granted, here.now),
        console.holds.held(granted),
        _unseen(here),
    )
    holds = {row["_id"]: row for row in held}
    tiles = [_tile(brand, waiting, brand["_id"] in holds) for brand in stored if brand.get("active", True)]
    by_need = sorted(tiles, key=lambda brand: (-(brand.late > 0), -brand.waiting, brand.name))
    pinned = by_need[:PINNED]
    brand = next((one for one in tiles if one.id == scope), None)
    if brand is not None and brand not in pinned:
        pinned = [*pinned[: PINNED - 1], brand]
    holdable = [one for one in tiles if one.id in shown and here.person.may_stop("hold", one.id)]
    return Shell(
        scope=scope,
        section=section,
        here=here.request.url.path,
        brands=tiles,
        waits=waiting,
        pinned=sorted(pinned, key=lambda one: one.name),
        doors=await _doors(here, scope, [one for one in tiles if one.id in shown]),
        brand=brand,
        holdable=holdable,
        alerts=unseen,
        may_audit=any(here.person.may("audit", brand_id) for brand_id in shown),
        may_members=bool(managed(here.person) & set(shown)) or (scope == ALL and manages_all(here.person)),
        may_hold=bool(holdable) or here.person.may_operate(),
        held=await stopped(here, [(one, holds[one.id]) for one in tiles if one.held and one.id in shown]),
    )


async def page(here: Visit, scope: str, section: str, template: str, **values: Any) -> Response:
    """A whole page in its shell."""
    return here.console.pages.html(template, values | await surroundings(here, scope, section))


async def surroundings(here: Visit, scope: str, section: str) -> dict[str, Any]:
    """What `page.html` and its parts use: `shell`, `me`, `w` (in the brand's time zone) and `now`."""
    person = here.person
    shell, waits = await asyncio.gather(
        shell_of(here, scope, section), here.console.inbox.deciding(person.brands, person.member_id, here.now)
    )
    words = here.words.at(zone_of(shell.brand.timezone if shell.brand else _usual_zone(shell.brands)))
    undo = undo_of(waits, here.now, here.console.settings.undo_seconds, words, scope, section) if waits else None
    return {
        "shell": shell,
        "me": here.me,
        "w": words,
        "now": here.now,
        "person": person,
        "undo": undo,
        "hold_key": here.console.floor.new_id(),
        "is_part": here.is_fragment,
    }


async def _unseen(here: Visit) -> int:
    desk, person = here.console.alerting, here.person
    seen = (await desk.people.choices(person)).seen_until
    return await desk.alerts.count_since(person.login, person.brands, seen, operator=person.operator)


def _tile(brand: Mapping[str, Any], waiting: Mapping[str, Waiting], held: bool) -> BrandTile:
    waits = waiting.get(brand["_id"]) or Waiting(brand["_id"])
    return tile(brand, waiting=waits.to_answer + waits.cases, late=waits.late, cases=waits.cases, held=held)


def _usual_zone(brands: Sequence[BrandTile]) -> str:
    zones = [brand.timezone for brand in brands]
    return max(zones, key=zones.count) if zones else "UTC"


async def _doors(here: Visit, scope: str, brands: Sequence[BrandTile]) -> list[Door]:
    person, ids = here.person, [brand.id for brand in brands]
    cases = sum(brand.cases for brand in brands)
    waiting = sum(brand.waiting - brand.cases for brand in brands)
    late = any(brand.late for brand in brands)
    doors = [
        Door("today", "today", "T", f"/{scope}/today"),
        Door("inbox", "inbox", "I", f"/{scope}/inbox", waiting, late),
        Door("moderation", "shield", "M", f"/{scope}/moderation", cases, cases > 0),
        Door("calendar", "calendar", "C", f"/{scope}/calendar", await here.console.posts.count_waiting(ids)),
        Door("campaigns", "mega", "P", f"/{scope}/campaigns"),
        Door("insights", "chart", "S", f"/{scope}/insights"),
        Door("people", "user", "E", f"/{scope}/people"),
        Door("channels", "link", "N", f"/{scope}/channels"),
    ]
    if any(person.may("endpoints", brand_id) for brand_id in person.brands):
        doors.append(Door("crm", "users", "R", f"/{scope}/crm"))
    if person.may_operate():
        trouble = await here.console.health.count_dead()
        doors.append(Door("operations", "pulse", "O", f"/{ALL}/operations", trouble, trouble > 0))
    return doors
