"""A campaign's course: it is looked at with all that decides, and turned, in one transaction with what says so."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.campaigns.domain.schedule import pace
from services.campaigns.domain.steering import Look, Turn, schedule_of, turn
from services.campaigns.store.campaigns import Campaign, Campaigns
from services.campaigns.store.gates import Gates
from services.campaigns.store.spend import Spend
from shared.mongo.transactions import Transaction


@dataclass(frozen=True, slots=True)
class Course:
    """What deciding needs."""

    campaigns: Campaigns
    spend: Spend
    gates: Gates

    async def look(self, campaign: Campaign, now: datetime, *, tx: Transaction | None = None) -> Look:
        """All that the decision is made of."""
        brand_id, campaign_id, schedule = campaign["brand_id"], campaign["_id"], schedule_of(campaign)
        spent = await self.spend.total(brand_id, campaign_id, tx=tx)
        earlier = await self.spend.total(brand_id, campaign_id, before=schedule.day_began(now), tx=tx)
        gate = await self.gates.of(brand_id, tx=tx)
        return Look(spent, pace(schedule, campaign["budget"], earlier, now), gate, now)

    async def follow(self, campaign: Campaign, now: datetime, epoch: int, *, tx: Transaction) -> Campaign:
        """The campaign after what its look says; unchanged where that is what it does already."""
        look = await self.look(campaign, now, tx=tx)
        turned = turn(campaign, look)
        if turned is not None:
            changes = {**turned_to(turned, now), "spent": look.spent}
            return await self.campaigns.change(campaign, changes, tx=tx, now=now, epoch=epoch)
        if look.spent != campaign["spent"]:
            await self.campaigns.note(campaign, {"spent": look.spent}, tx=tx)
        return campaign


def turned_to(turned: Turn, now: datetime, person: str = "", why: str = "") -> dict[str, Any]:
    """What a turn changes. Another turn after a comparison was concluded opens it again."""
    about = {"person": person, "why": why, "turned_at": now, "concluded_at": None}
    return about | {"state": turned.state, "cause": turned.cause, "serving": turned.serving}
