"""How an alert reads, in a mail and on the page: a title, a sentence of facts, and where to go."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.console.domain.alerts import KINDS, PLATFORM
from services.console.domain.networks import badge
from services.console.words import Words

LOOKS = {
    "crisis": ("bad", "bolt"),
    "crisis_eased": ("ok", "check"),
    "post_stranded": ("bad", "ringdash"),
    "post_failed": ("bad", "oct"),
    "post_unsettled": ("warn", "ringdash"),
    "token_lost": ("bad", "key"),
    "token_ending": ("warn", "key"),
    "brake": ("bad", "oct"),
    "parked": ("warn", "oct"),
    "case": ("warn", "shield"),
    "late": ("warn", "clock"),
}
PLACES = {
    "crisis": "insights",
    "crisis_eased": "insights",
    "late": "inbox?queue=late",
    "case": "moderation",
    "token_lost": "channels",
    "token_ending": "channels",
}
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Told:
    """One alert as it is read; `href` begins with a slash."""

    title: str
    line: str
    look: str
    icon: str
    brand: str
    href: str
    when: str
    full: str
    state: str
    new: bool
    over: bool


def brands_of(alerts: Iterable[Mapping[str, Any]]) -> list[str]:
    """The ids of the brands that these name."""
    return sorted({_brand_of(one) for one in alerts} - {PLATFORM})


def told_of(
    alert: Mapping[str, Any],
    brands: Mapping[str, str],
    words: Words,
    now: datetime,
    *,
    seen: datetime | None = None,
    over: bool = False,
) -> Told:
    """An alert in somebody's language and time zone; `brands` are names by id, `over` says that its cause has ended."""
    kind, brand_id = str(alert["kind"]), str(alert["brand_id"])
    look, icon = LOOKS[kind]
    about = _brand_of(alert)
    brand = "" if about == PLATFORM else " ".join(brands.get(about, about).split())
    values = _values(alert, words) | {"brand": brand}
    return Told(
        title=words(f"alerts.title_{kind}", **values),
        line=words(f"alerts.line_{kind}", **values),
        look=look,
        icon=icon,
        brand=brand,
        href=_place(kind, brand_id, alert["facts"]),
        when=words.moment(alert["at"], now),
        full=words.full(alert["at"]),
        state=str(alert["state"]),
        new="created_at" in alert and (seen is None or alert["created_at"] > seen),
        over=over,
    )


def gravest_first(alerts: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """As a mail lists them."""
    return sorted(alerts, key=lambda one: (KINDS.index(one["kind"]), one["at"]))


def _brand_of(alert: Mapping[str, Any]) -> str:
    """What happened to the platform may be about one brand all the same."""
    return str(alert["facts"].get("about", alert["brand_id"]))


def _place(kind: str, brand_id: str, facts: Mapping[str, Any]) -> str:
    if brand_id == PLATFORM:
        return "/all/operations"
    if "post_id" in facts:
        return f"/{brand_id}/posts/{facts['post_id']}"
    return f"/{brand_id}/{PLACES.get(kind, 'inbox')}"


def _values(alert: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """What a sentence may name; numbers and moments as the language writes them."""
    facts = alert["facts"]
    why = " ".join(str(facts.get("why") or facts.get("code") or "").split())[:LONGEST]
    # in one line each: a mail's subject takes no other, and somebody's server may have named the channel
    said = {name: " ".join(value.split()) for name, value in facts.items() if isinstance(value, str)}
    values = said | {name: value for name, value in facts.items() if isinstance(value, int)} | {"why": why or "–"}
    if "usual" in facts:
        values["usual"] = words.number(round(facts["usual"]))
    if "since" in facts:
        values["since"] = words.moment(facts["since"], alert["at"])
    if "ends_at" in facts:
        ends_at = facts["ends_at"]
        values["until"] = words.moment(ends_at, alert["at"]) if ends_at else words("alerts.soon")
    if "window_seconds" in facts:
        values["window"] = words.span(timedelta(seconds=facts["window_seconds"]))
    if "network" in facts:
        values["network"] = badge(facts["network"]).name
    return values | {"when": words.moment(alert["at"], alert["at"])}
