"""What the campaigns' templates print: states with their why, figures, the curve and the creatives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.console.domain import spending
from services.console.words import Words

Doc = Mapping[str, Any]
SIGNS = {
    "draft": ("mute", "pen"),
    "running": ("ok", "check"),
    "waiting": ("info", "clock"),
    "paused": ("hold", "hold"),
    "ended": ("mute", "ring"),
}
ACTS = {"draft": ("start", "end"), "running": ("pause", "end"), "ended": ()}
BY_ITSELF = ("crisis", "held")
PERCENT = 100


@dataclass(frozen=True, slots=True)
class Sign:
    """A state: how it is shown, in words, and why it is so."""

    kind: str
    icon: str
    words: str
    why: str


def sign(turn: Doc, words: Words) -> Sign:
    """Of a campaign, or of one of its turns. What runs and does not spend says what it waits for."""
    state = "waiting" if turn["state"] == "running" and not turn["serving"] else turn["state"]
    kind, icon = SIGNS.get(state, ("mute", "ring"))
    why = words.known(f"campaigns.cause_{turn['cause']}", turn["cause"]) if turn["cause"] else ""
    told = " · ".join(part for part in (why, turn["why"]) if part)
    return Sign(kind, icon, words.known(f"campaigns.state_{state}", state), told)


def acts_of(campaign: Doc, spent: int) -> Sequence[str]:
    """What a person may do now."""
    if campaign["state"] == "paused":
        return ("pause", "end") if campaign["cause"] in BY_ITSELF else ("resume", "end")
    if campaign["state"] == "ended" and campaign["cause"] in ("budget", "schedule"):
        return ("resume",) if spent < campaign["budget"] else ()
    return ACTS.get(campaign["state"], ())


def row(campaign: Doc, spent: int, tile: Any, words: Words) -> Doc:
    """One line of the list."""
    return {
        "id": campaign["_id"],
        "brand": tile,
        "name": campaign["name"],
        "days": days(campaign, words),
        "sign": sign(campaign, words),
        "spent": words.money(spent, campaign["currency"]),
        "budget": words.money(campaign["budget"], campaign["currency"]),
        "share": min(PERCENT, round(PERCENT * spent / campaign["budget"])),
        "people": "…" if campaign["audience_size"] is None else words.number(campaign["audience_size"]),
    }


def days(campaign: Doc, words: Words) -> str:
    """`20 Nov – 6 Dec`."""
    first, last = (date.fromisoformat(campaign[name]) for name in ("first_day", "last_day"))
    return f"{words.date(first)} – {words.date(last)}"


def figures(campaign: Doc, hours: Sequence[Doc], words: Words, now: datetime) -> Doc:
    """The sums as words."""
    sums, currency = spending.totals(hours), campaign["currency"]
    plan = spending.planned(campaign, now)
    last = max((hour["at"] for hour in hours), default=None)
    return {
        "spent": words.money(sums["spend"], currency),
        "budget": words.money(campaign["budget"], currency),
        "share": words.share(sums["spend"], campaign["budget"]),
        "meter": round(200 * min(1.0, sums["spend"] / campaign["budget"]), 1),
        "tick": round(200 * plan / campaign["budget"], 1),
        "plan": words.money(plan, currency),
        "even": campaign["pacing"] == "even",
        "people": "…" if campaign["audience_size"] is None else words.number(campaign["audience_size"]),
        "impressions": words.number(sums["impressions"]),
        "clicks": words.number(sums["clicks"]),
        "conversions": words.number(sums["conversions"]),
        "each": words.money(round(sums["spend"] / sums["conversions"]), currency) if sums["conversions"] else "–",
        "reported": words.moment(last, now) if last else "",
    }


def chart(campaign: Doc, hours: Sequence[Doc], words: Words, now: datetime) -> Doc:
    """The curve with its labels."""
    shown, (begin, end) = spending.curve(campaign, hours, now), spending.bounds(campaign)
    sums, currency = spending.totals(hours), campaign["currency"]
    says = words(
        "campaigns.chart_says",
        spent=words.money(sums["spend"], currency),
        plan=words.money(spending.planned(campaign, now), currency),
        budget=words.money(campaign["budget"], currency),
    )
    labels = (words.date(begin.date()), words.date(date.fromisoformat(campaign["last_day"])))
    return {"curve": shown, "says": says, "labels": labels, "running": begin <= now < end}


def compared(campaign: Doc, hours: Sequence[Doc], words: Words) -> Doc:
    """The creatives: exact counts, rates and how sure they are."""
    found = spending.arms(campaign, spending.settled(campaign, hours))
    most = max((arm.high for arm in found if arm.tries), default=0.0) or 1.0

    def x(rate: float) -> float:
        return round(150 + 300 * min(1.0, rate / most), 1)

    rows = [
        {
            "name": arm.name,
            "text": arm.text,
            "share": words.share(arm.share, PERCENT),
            "spend": words.money(arm.counts["spend"], campaign["currency"]),
            "impressions": words.number(arm.counts["impressions"]),
            "clicks": words.number(arm.counts["clicks"]),
            "conversions": words.number(arm.counts["conversions"]),
            "rate": words.share(arm.wins, arm.tries),
            "line": (x(arm.low), x(arm.rate), x(arm.high)) if arm.tries else None,
            "y": 26 + 40 * place,
        }
        for place, arm in enumerate(found)
    ]
    names = ", ".join(f"{one['name']} {one['rate']}" for one in rows)
    return {"rows": rows, "better": spending.better(found), "height": 40 * len(rows) + 12, "says": names}


def outcome(campaign: Doc, hours: Sequence[Doc], words: Words, now: datetime) -> Doc | None:
    """Whether a comparison that has ended may still change; None while it goes on, or where nothing is compared."""
    found = spending.conclusion(campaign)
    if campaign["state"] != "ended" or len(campaign["arms"]) < 2 or not (hours or found):
        return None
    if found is None:
        return {"sign": Sign("info", "clock", words("campaigns.settling"), ""), "why": words("campaigns.settling_why")}
    read = found["reported_at"]
    why = (
        words("campaigns.concluded_why", when=words.moment(read, now)) if read else words("campaigns.concluded_unread")
    )
    return {
        "sign": Sign("ok", "check", words("campaigns.concluded", when=words.moment(found["at"], now)), ""),
        "why": why,
    }


def history(campaign: Doc, names: Mapping[str, str], words: Words, now: datetime) -> list[Doc]:
    """What happened, the newest first: when, what, why and who."""
    return [
        {
            "when": words.moment(turn["turned_at"], now),
            "sign": sign(turn, words),
            "who": names.get(turn["person"], turn["person"]),
        }
        for turn in reversed(spending.turns(campaign))
        if turn["cause"]
    ]
