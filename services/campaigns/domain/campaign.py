"""A campaign's document: as it is drafted, and as it was last stated, for a store that was restored to before that."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.events.campaigns.parts import CampaignFact

Campaign = dict[str, Any]
BEGUN = {"state": "draft", "cause": "", "why": "", "serving": False, "spent": 0, "trouble": ""}
UNASKED = {"order": 0, "driven": 0, "addressed": "", "addressed_at": None, "report_no": 0, "reported_at": None}
SAID = (
    *("name", "objective", "channel_id", "timezone", "budget", "currency", "pacing", "criteria", "arms"),
    *("state", "cause", "why", "turned_at", "spent", "person"),
)


def drafted(campaign_id: str, brand_id: str, plan: Mapping[str, Any], now: datetime) -> Campaign:
    """A new one, that nothing was asked of; `plan` holds what a person says, and who and in which zone."""
    moments = dict.fromkeys(("created_at", "changed_at", "turned_at", "ask_at"), now)
    numbered = {"_id": campaign_id, "brand_id": brand_id, "seq": 1, "acted": 1}
    return {**numbered, **moments, **plan, "audience": new_audience(1, now), **BEGUN, **UNASKED}


def new_audience(number: int, now: datetime) -> dict[str, Any]:
    """An audience that nobody has counted."""
    return {"number": number, "size": None, "counted": 0, "day": "", "at": now, "settled": False}


def recalled(fact: CampaignFact, known: Campaign | None, now: datetime) -> Campaign | None:
    """The campaign after the newest fact of it; None where the store knows that one.

    What ran, or would have by itself, spends nothing until a person resumes it: its network has to be asked first what
    it did meanwhile, and is told to show no ads.
    """
    if known is not None and known["seq"] >= fact.seq:
        return None
    said = fact.model_dump(include=set(SAID))
    said |= {"first_day": fact.first_day.isoformat(), "last_day": fact.last_day.isoformat()}
    if fact.state in ("running", "paused"):
        said |= {"state": "paused", "cause": "restored", "why": "", "turned_at": now}
    before = known or drafted(fact.campaign_id, fact.brand_id, said, now)
    if said["criteria"] != before["criteria"]:
        said["audience"] = new_audience(before["audience"]["number"] + 1, now)
    number = {"seq": fact.seq + 1, "acted": fact.seq + 1, "order": before["order"] + int(fact.state != "draft")}
    return {**before, **said, **number, "serving": False, "concluded_at": None, "changed_at": now, "ask_at": now}
