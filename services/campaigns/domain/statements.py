"""The facts that campaigns states."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from shared.events.campaigns.budget_exhausted import BudgetExhausted
from shared.events.campaigns.campaign_changed import CampaignChanged
from shared.events.campaigns.campaign_ended import CampaignEnded
from shared.events.campaigns.campaign_paused import CampaignPaused
from shared.events.campaigns.campaign_started import CampaignStarted
from shared.events.campaigns.experiment_concluded import ArmCounts, ExperimentConcluded
from shared.events.campaigns.parts import CampaignFact
from shared.events.campaigns.spend_measured import SpendMeasured

Campaign = Mapping[str, Any]
SAID = (
    *("brand_id", "seq", "name", "objective", "channel_id", "timezone", "budget", "currency", "pacing"),
    *("criteria", "arms", "state", "cause", "why", "turned_at", "serving", "spent", "person"),
)


def kind_of(before: Campaign, after: Campaign) -> type[CampaignFact]:
    """Which fact says how it came from one state to the other."""
    if after["state"] == "ended" != before["state"]:
        return BudgetExhausted if after["cause"] == "budget" else CampaignEnded
    if after["state"] == "paused" and (before["state"], before["cause"]) != ("paused", after["cause"]):
        return CampaignPaused
    started = after["state"] == "running" and (before["state"] != "running" or after["serving"] > before["serving"])
    return CampaignStarted if started else CampaignChanged


def campaign_fact(kind: type[CampaignFact], campaign: Campaign, *, at: datetime, epoch: int) -> CampaignFact:
    """The campaign as it is now."""
    told = {name: campaign[name] for name in SAID}
    return kind(
        campaign_id=campaign["_id"],
        epoch=epoch,
        at=at,
        first_day=date.fromisoformat(campaign["first_day"]),
        last_day=date.fromisoformat(campaign["last_day"]),
        confirmed=campaign["driven"] == campaign["order"],
        audience_size=campaign["audience"]["size"],
        **told,
    )


def spend_measured(campaign: Campaign, row: Mapping[str, Any], *, at: datetime, epoch: int) -> SpendMeasured:
    """One arm's hour as the network tells it."""
    return SpendMeasured(brand_id=campaign["brand_id"], campaign_id=campaign["_id"], epoch=epoch, at=at, **row)


def experiment_concluded(
    campaign: Campaign, counts: Mapping[str, Mapping[str, int]], *, at: datetime, epoch: int
) -> ExperimentConcluded:
    """Its creatives with what each came to (`counts` by name); one that no report names came to nothing."""
    arms: Sequence[Mapping[str, Any]] = campaign["arms"]
    return ExperimentConcluded(
        campaign_id=campaign["_id"],
        epoch=epoch,
        at=at,
        ended_at=campaign["turned_at"],
        arms=[ArmCounts(name=arm["name"], share=arm["share"], **counts.get(arm["name"], {})) for arm in arms],
        **{name: campaign[name] for name in ("brand_id", "seq", "objective", "currency", "cause", "reported_at")},
    )
