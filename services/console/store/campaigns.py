"""Campaigns and what their ads came to: what campaigns states, folded for the page."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from services.console.store import fold
from shared.events.campaigns.experiment_concluded import ExperimentConcluded
from shared.events.campaigns.parts import CampaignFact
from shared.events.campaigns.spend_measured import SpendMeasured
from shared.mongo.indexes import Index
from shared.mongo.operations import Document, UpdateOne

if TYPE_CHECKING:
    from shared.mongo.database import Database

STATED = (
    *("name", "objective", "channel_id", "first_day", "last_day", "timezone", "budget", "currency", "pacing"),
    *("criteria", "arms", "state", "cause", "why", "turned_at", "serving", "confirmed", "audience_size", "person"),
)
LINE = ("state", "cause", "why", "person", "turned_at", "serving")


class Campaigns:
    """One document a campaign with a line for each of its turns, and one an arm's hour."""

    def __init__(self, database: "Database") -> None:
        self._campaigns = database.brand("campaigns", Index(("brand_id", "-updated_at")))
        self._hours = database.brand("campaignHours", Index(("brand_id", "campaign_id", "hour")))

    async def fold(self, facts: Sequence[CampaignFact]) -> None:
        """Keep the newest state of each campaign, and every turn that any fact tells of."""
        await fold.write(self._campaigns, [_campaign(fact.model_dump(mode="json"), fact.epoch) for fact in facts])

    async def take_in(self, state: Mapping[str, Any]) -> None:
        """What campaigns answered a command with: the event that follows changes nothing."""
        await fold.write(self._campaigns, [_campaign(state, 0)])

    async def measure(self, facts: Sequence[SpendMeasured]) -> None:
        """Keep the newest figures of each hour."""
        await fold.write(self._hours, [_hour(fact) for fact in facts])

    async def conclude(self, facts: Sequence[ExperimentConcluded]) -> None:
        """Keep the newest conclusion of each campaign's comparison."""
        await fold.write(self._campaigns, [_conclusion(fact) for fact in facts])

    async def of(self, brand_ids: Sequence[str]) -> list[Document]:
        """All of these brands, the newest first."""
        wanted = {"brand_id": {"$in": list(brand_ids)}, "number": {"$exists": True}}
        return await self._campaigns.find(wanted, sort=("-first_day", "_id"))

    async def during(self, brand_ids: Sequence[str], first_day: str, last_day: str, limit: int = 50) -> list[Document]:
        """Those of these brands whose plan touches these days, drafts left out, the first to begin first."""
        days = {"first_day": {"$lte": last_day}, "last_day": {"$gte": first_day}}
        wanted = {"brand_id": {"$in": list(brand_ids)}, "number": {"$exists": True}, "state": {"$ne": "draft"}, **days}
        return await self._campaigns.find(wanted, sort=("first_day", "_id"), limit=limit)

    async def paused(self, brand_ids: Sequence[str], limit: int) -> list[Document]:
        """Those of these brands that stand still, the latest to do so first."""
        wanted = {"brand_id": {"$in": list(brand_ids)}, "state": "paused"}
        return await self._campaigns.find(wanted, sort=("-turned_at", "_id"), limit=limit)

    async def get(self, brand_id: str, campaign_id: str) -> Document | None:
        """One of a brand."""
        return await self._campaigns.get({"_id": campaign_id, "brand_id": brand_id})

    async def hours(self, brand_ids: Sequence[str], campaign_ids: Sequence[str]) -> list[Document]:
        """What the hours of these campaigns came to, the oldest first."""
        wanted = {"brand_id": {"$in": list(brand_ids)}, "campaign_id": {"$in": list(campaign_ids)}}
        return await self._hours.find(wanted, sort="hour")


def _campaign(state: Mapping[str, Any], epoch: int) -> UpdateOne:
    values = {name: state.get(name) for name in STATED}
    turned_at = datetime.fromisoformat(state["turned_at"])
    values["turned_at"] = turned_at
    line = {name: values[name] for name in LINE}
    place = f"turns.{int(turned_at.timestamp() * 1000)}"
    number = (epoch, state["seq"])
    stages = [
        fold.newer("number", number, values),
        {"$set": {place: {"$literal": line}, "updated_at": "$$NOW"}},
    ]
    return UpdateOne({"_id": state["campaign_id"], "brand_id": state["brand_id"]}, stages, upsert=True)


def _conclusion(fact: ExperimentConcluded) -> UpdateOne:
    told = fact.model_dump(include={"cause", "ended_at", "reported_at", "arms", "at"})
    stages = [
        fold.newer("conclusion_no", (fact.epoch, fact.seq), {"conclusion": told}),
        {"$set": {"updated_at": "$$NOW"}},
    ]
    return UpdateOne({"_id": fact.campaign_id, "brand_id": fact.brand_id}, stages, upsert=True)


def _hour(fact: SpendMeasured) -> UpdateOne:
    values = fact.model_dump(exclude={"brand_id", "epoch", "number"})
    stages = [fold.newer("no", (fact.epoch, fact.number), values), {"$set": {"updated_at": "$$NOW"}}]
    return UpdateOne({"_id": fact.subject(), "brand_id": fact.brand_id}, stages, upsert=True)
