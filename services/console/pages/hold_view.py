"""What the hold page shows of a brand: its open holds with their steps, who confirmed, what the hold met."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.console.domain.access import Person
from services.console.domain.brands import BrandTile
from services.console.domain.holds import GATED, next_step, rights_to_release
from services.console.words import Words
from shared.holds import STEPS, shut_by

Doc = Mapping[str, Any]
SECTIONS = {"post": "posts", "ad": "campaigns"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a hold: open, the one that is released next (`may`: by this person), or after another."""

    name: str
    state: str
    after: str = ""
    may: bool = False
    asked: str = ""


@dataclass(frozen=True, slots=True)
class HoldRow:
    """One open hold."""

    id: str
    scope: str
    person: str
    why: str
    since: str
    steps: Sequence[Step]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Whether a service has what is shut now, since when, and how long that took."""

    service: str
    done: bool
    at: str
    took: str


@dataclass(frozen=True, slots=True)
class Moved:
    """What was in flight when the hold came, or had left before."""

    kind: str
    network: str
    href: str
    url: str
    when: str


@dataclass(frozen=True, slots=True)
class HeldBrand:
    """One brand of the page."""

    brand: BrandTile
    since: str
    shut: Sequence[str]
    holds: Sequence[HoldRow]
    services: Sequence[Confirmation]
    waiting: Mapping[str, int]
    in_flight: Sequence[Moved]
    left: Sequence[Moved]


def people_of(rows: Sequence[Doc]) -> list[str]:
    """The logins that the page names."""
    return [name for row in rows for hold in row["holds"] for name in (hold["person"], hold["asked"]) if name]


def held_brand(
    row: Doc, brand: BrandTile, person: Person, names: Mapping[str, str], words: Words, now: datetime
) -> HeldBrand:
    """A stored row in words, in the brand's own time."""
    told = row["told"].values()
    met = [one for one in (row.get("met") or {}).values() if one]
    return HeldBrand(
        brand=brand,
        since=words.moment(min(hold["since"] for hold in row["holds"]), now),
        shut=shut_by(row["holds"]),
        holds=[_hold(hold, row["_id"], person, names, words, now) for hold in row["holds"]],
        services=[_confirmation(service, row, words) for service in GATED],
        waiting={step: sum(one.get("waiting", {}).get(step, 0) for one in told) for step in ("posts", "replies")},
        in_flight=[_moved(one, row["_id"], words, now) for each in met for one in each["in_flight"]],
        left=[_moved(one, row["_id"], words, now) for each in met for one in each["left"]],
    )


def _hold(hold: Doc, brand_id: str, person: Person, names: Mapping[str, str], words: Words, now: datetime) -> HoldRow:
    following = next_step(hold)
    may = all(person.may_stop(right, brand_id) for right in rights_to_release(hold["scope"]))
    asked = hold["asked"]
    steps = []
    for name in STEPS:
        if name not in hold["shut"]:
            steps += [Step(name, "open")] if name != "moderation" else []
        elif name == following:
            waits = asked if name == "spend" else ""
            mine = may and waits != person.member_id
            steps.append(Step(name, "next", may=mine, asked=names.get(waits, waits)))
        else:
            before = STEPS[STEPS.index(name) - 1]
            steps.append(Step(name, "after", after=words(f"hold.step_{before}").lower()))
    who = names.get(hold["person"], hold["person"])
    return HoldRow(hold["hold_id"], hold["scope"], who, hold["why"], words.moment(hold["since"], now), steps)


def _confirmation(service: str, row: Doc, words: Words) -> Confirmation:
    told = row["told"].get(service)
    if not told or told["seq"] != row["seq"]:
        return Confirmation(service, False, "", "")
    took = max(0.0, (told["at"] - row["at"]).total_seconds())
    return Confirmation(service, True, words.clock(told["at"]), words.number(took, 2))


def _moved(one: Doc, brand_id: str, words: Words, now: datetime) -> Moved:
    section = SECTIONS.get(one["kind"], "inbox")
    when = words.moment(datetime.fromisoformat(one["at"]), now)
    return Moved(one["kind"], one["network"], f"/{brand_id}/{section}/{one['about']}", one.get("url", ""), when)
