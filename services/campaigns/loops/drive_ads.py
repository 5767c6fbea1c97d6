"""Brings ads to what they should be: one wish a campaign, said whole, again and again until its network confirms it."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from services.campaigns.domain.gate import may_spend
from services.campaigns.domain.steering import Turn
from services.campaigns.loops.ad_calls import NEVER, TROUBLE, AdCalls, ad_of
from services.campaigns.store.campaigns import Campaign, key_of, people_of
from services.campaigns.store.course import Course, turned_to
from services.campaigns.store.profiles import Profiles
from shared.epochs import Epochs
from shared.mongo.database import Database
from shared.mongo.transactions import Transaction
from shared.networks.capabilities import RateLimited

A_TURN = 32
AGAIN, AGAIN_AFTER_NO = timedelta(seconds=2), timedelta(seconds=30)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Driving:
    """What driving needs."""

    database: Database
    course: Course
    profiles: Profiles
    epochs: Epochs
    calls: AdCalls

    async def drive(self) -> None:
        """Ask for all that is not as it should be, each once."""
        due = await self.course.campaigns.to_drive(await self.database.now(), A_TURN)
        await asyncio.gather(*(self._drive(one) for one in due))

    async def _drive(self, campaign: Campaign) -> None:
        if campaign["serving"] and may_spend(await self.course.gates.of(campaign["brand_id"])):
            return  # the gate has shut meanwhile: steering says so, and wishes them off
        try:
            await self._tell(campaign)
        except TROUBLE as trouble:
            log.warning("ads_not_driven", campaign_id=campaign["_id"], why=str(trouble))
            await self._put_off(campaign, trouble)
            return
        await self._confirm(campaign)

    async def _tell(self, campaign: Campaign) -> None:
        """Whom it addresses is known before it is on."""
        client, account = self.calls.seat(campaign)
        if campaign["serving"] and campaign["addressed"] != people_of(campaign):
            if not campaign["driven"]:
                await client.put_ad(account, ad_of(campaign, serving=False))
            members = await self.profiles.members(campaign["brand_id"], key_of(campaign))
            await client.address(account, campaign["_id"], members)
        await client.put_ad(account, ad_of(campaign, serving=campaign["serving"]))

    async def _confirm(self, campaign: Campaign) -> None:
        now, epoch = await self.database.now(), (await self.epochs.current()).value
        told: dict[str, Any] = {"driven": campaign["order"], "trouble": ""}
        told |= {"addressed": people_of(campaign), "addressed_at": now} if campaign["serving"] else {}

        async def work(tx: Transaction) -> None:
            fresh = await self.course.campaigns.get(campaign["brand_id"], campaign["_id"], tx=tx)
            if fresh["driven"] < campaign["order"]:
                await self.course.campaigns.change(fresh, told, tx=tx, now=now, epoch=epoch, measured=True)

        await self.database.transact(work)

    async def _put_off(self, campaign: Campaign, trouble: Exception) -> None:
        """Later again; what the network will never switch on is paused, with the network's own words."""
        refused = isinstance(trouble, NEVER)
        now, epoch = await self.database.now(), (await self.epochs.current()).value
        wait = AGAIN_AFTER_NO if refused else AGAIN
        if isinstance(trouble, RateLimited):
            wait = timedelta(seconds=max(1.0, trouble.after))

        async def work(tx: Transaction) -> None:
            fresh = await self.course.campaigns.get(campaign["brand_id"], campaign["_id"], tx=tx)
            await self.course.campaigns.note(fresh, {"ask_at": now + wait, "trouble": str(trouble)}, tx=tx)
            if refused and fresh["serving"] and fresh["order"] == campaign["order"]:
                await self._pause(fresh, str(trouble), now, epoch, tx)

        await self.database.transact(work)

    async def _pause(self, campaign: Campaign, why: str, now: datetime, epoch: int, tx: Transaction) -> None:
        changes = turned_to(Turn("paused", "refused", False), now, why=why)
        await self.course.campaigns.change(campaign, changes, tx=tx, now=now, epoch=epoch)
