"""What a campaign should do now, and why: the budget before all, then the gate, the schedule and the pace."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.campaigns.domain.gate import Gate, may_spend
from services.campaigns.domain.schedule import Pace, Schedule

Campaign = Mapping[str, Any]
# What made it stop without a person having said so, and the word for its end.
OVER = {"crisis": "eased", "held": "released", "pace": "in_pace", "not_begun": "begun"}


@dataclass(frozen=True, slots=True)
class Look:
    """All that the decision is made of; `spent` in cents, as far as the ad network has told."""

    spent: int
    pace: Pace
    gate: Gate
    now: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """What it becomes: `serving` says whether its ads are wanted on, `cause` why."""

    state: str
    cause: str
    serving: bool


def schedule_of(campaign: Campaign) -> Schedule:
    """Its days."""
    return Schedule(
        date.fromisoformat(campaign["first_day"]), date.fromisoformat(campaign["last_day"]), campaign["timezone"]
    )


def turn(campaign: Campaign, look: Look) -> Turn | None:
    """What a running or paused campaign becomes; None where it stays what it is.

    What a person paused, and what has ended, never spends again by itself.
    """
    if campaign["state"] not in ("running", "paused"):
        return None
    found = _ended(campaign, look)
    if found is None and (campaign["state"] == "running" or campaign["cause"] in OVER):
        found = _going_on(campaign, look)
    now = (campaign["state"], campaign["cause"], campaign["serving"])
    return None if found is None or (found.state, found.cause, found.serving) == now else found


def started(campaign: Campaign, look: Look, word: str) -> Turn:
    """What a campaign becomes that a person starts or resumes (`word`) now."""
    fresh = {**campaign, "state": "running", "cause": word, "serving": True}
    return turn(fresh, look) or Turn("running", word, True)


def why_not_resumed(campaign: Campaign, look: Look) -> str:
    """Why nobody can make it spend again now; empty where somebody can."""
    if look.now >= schedule_of(campaign).ends:
        return "its last day is over; give it a later one first"
    if look.spent >= campaign["budget"]:
        return "its budget is spent; give it more first"
    return ""


def _ended(campaign: Campaign, look: Look) -> Turn | None:
    if look.spent >= campaign["budget"]:
        return Turn("ended", "budget", False)
    return Turn("ended", "schedule", False) if look.now >= schedule_of(campaign).ends else None


def _going_on(campaign: Campaign, look: Look) -> Turn | None:
    if shut := may_spend(look.gate):
        return Turn("paused", shut, False)
    if look.now < schedule_of(campaign).begins:
        return Turn("running", "not_begun", False)
    if campaign["pacing"] == "even" and _ahead(campaign, look):
        return Turn("running", "pace", False)
    return None if campaign["serving"] else Turn("running", OVER.get(campaign["cause"], "begun"), True)


def _ahead(campaign: Campaign, look: Look) -> bool:
    """Ahead of its plan; once it waits for that, until the plan has come up with it."""
    slack = 0 if campaign["cause"] == "pace" else look.pace.slack
    return look.spent > look.pace.by_now + slack
