"""Brings ads to what they should be: one wish a campaign, said whole, again and again until its network confirms it."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from services.campaigns.domain.gate import may_spend
from services.campaigns.domain.steering import Turn
from services.campaigns.loops.ad_calls import NEVER, TROUBLE, AdCalls, ad_of
from services.campaigns.settings import Settings
from services.campaigns.store.campaigns import Campaign, key_of, people_of
from services.campaigns.store.claims import Claims
from services.campaigns.store.course import Course, turned_to
from services.campaigns.store.profiles import Profiles
from shared.epochs import Epochs
from shared.in_flight import InFlight
from shared.mongo.database import Database
from shared.mongo.transactions import Transaction
from shared.networks.capabilities import RateLimited

A_TURN = 200
AGAIN, AGAIN_AFTER_NO = timedelta(seconds=2), timedelta(seconds=30)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Driving:
    """What driving needs. Every replica drives: a claim keeps them from speaking of one campaign at the same time."""

    database: Database
    settings: Settings
    course: Course
    profiles: Profiles
    epochs: Epochs
    calls: AdCalls
    claims: Claims
    under_way: InFlight

    async def drive_due(self) -> None:
        """Ask for all that is not as it should be and has room, without waiting: a slow network keeps no other."""
        await self._start(None)

    async def drive(self, brand_ids: Sequence[str] | None = None, within: float | None = None) -> None:
        """The same for these brands, or all, and wait for the answers, `within` seconds at most; the calls go on."""
        if started := await self._start(brand_ids):
            await asyncio.wait(started, timeout=within)

    async def _start(self, brand_ids: Sequence[str] | None) -> list["asyncio.Task[None]"]:
        full = self.under_way.full()
        due = [] if full.all else await self.claims.due(A_TURN, full.channels, brand_ids)
        room = self.under_way.room([self.calls.line(one) for one in due])
        chosen = [one for one, fits in zip(due, room, strict=True) if fits]
        claimed = await self.claims.claim(chosen, self.calls.floor.new_id(), self.settings.instance)
        return [self.under_way.spawn(self.calls.line(one), self._drive(one)) for one in claimed]

    async def _drive(self, campaign: Campaign) -> None:
        """What breaks it is no answer of a network's: the claim runs out, and it is asked again."""
        try:
            told = await self._tell(campaign)
        except TROUBLE as trouble:
            log.warning("ads_not_driven", campaign_id=campaign["_id"], why=str(trouble))
            await self._put_off(campaign, trouble)
        else:
            await (self._confirm(campaign) if told else self._follow(campaign))
        await self.claims.release(campaign)

    async def _tell(self, campaign: Campaign) -> bool:
        """Whom it addresses is known before it is on; whether it was told."""
        client, account = self.calls.seat(campaign)
        if not campaign["serving"]:
            await self._call(client.put_ad(account, ad_of(campaign, serving=False)))
            return True
        if not await self._may_go_on(campaign):
            return False
        if campaign["addressed"] != people_of(campaign):
            if not campaign["driven"]:
                await self._call(client.put_ad(account, ad_of(campaign, serving=False)))
            members = await self.profiles.members(campaign["brand_id"], key_of(campaign))
            await self._call(client.address(account, campaign["_id"], members))
            if not await self._may_go_on(campaign):
                return False
        await self._call(client.put_ad(account, ad_of(campaign, serving=True)))
        return True

    async def _call(self, call: Awaitable[None]) -> None:
        """Three of them fit into the time of a claim."""
        async with asyncio.timeout(self.settings.request_timeout):
            await call

    async def _may_go_on(self, campaign: Campaign) -> bool:
        """The gate is read after the claim is written: a hold sees the claim, or this sees the hold."""
        shut = may_spend(await self.course.gates.of(campaign["brand_id"]))
        return not shut and await self.claims.stands(campaign)

    async def _follow(self, campaign: Campaign) -> None:
        """What has shut the gate meanwhile turns it, and wishes it off."""
        now, epoch = await self.database.now(), (await self.epochs.current()).value

        async def work(tx: Transaction) -> None:
            fresh = await self.course.campaigns.get(campaign["brand_id"], campaign["_id"], tx=tx)
            await self.course.follow(fresh, now, epoch, tx=tx)

        await self.database.transact(work)

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
        """Later again, unless another wish is there by now; what the network will never switch on is paused, with the
        network's own words."""
        refused, why = isinstance(trouble, NEVER), str(trouble) or "no answer in time"
        now, epoch = await self.database.now(), (await self.epochs.current()).value
        wait = AGAIN_AFTER_NO if refused else AGAIN
        if isinstance(trouble, RateLimited):
            wait = timedelta(seconds=max(1.0, trouble.after))

        async def work(tx: Transaction) -> None:
            fresh = await self.course.campaigns.get(campaign["brand_id"], campaign["_id"], tx=tx)
            same = fresh["order"] == campaign["order"]
            await self.course.campaigns.note(fresh, {"trouble": why} | ({"ask_at": now + wait} if same else {}), tx=tx)
            if refused and fresh["serving"] and same:
                changes = turned_to(Turn("paused", "refused", False), now, why=why)
                await self.course.campaigns.change(fresh, changes, tx=tx, now=now, epoch=epoch)

        await self.database.transact(work)
