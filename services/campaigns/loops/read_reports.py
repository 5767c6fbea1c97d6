"""Reads what ads cost and brought: late, again and restated, and still each hour counts once, as it was told last."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from services.campaigns.domain.statements import spend_measured
from services.campaigns.loops.ad_calls import TROUBLE, AdCalls
from services.campaigns.settings import Settings
from services.campaigns.store.campaigns import Campaign
from services.campaigns.store.course import Course
from shared.bus.envelope import Outgoing
from shared.epochs import Epochs
from shared.mongo.database import Database
from shared.mongo.transactions import Transaction
from shared.networks.advertising import Report

AT_ONCE = 8
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reporting:
    """What reading needs."""

    database: Database
    course: Course
    epochs: Epochs
    calls: AdCalls
    settings: Settings
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def read_all(self) -> None:
        """One report of each campaign that its network knows."""
        since = await self.database.now() - timedelta(days=self.settings.late_days)
        await asyncio.gather(*(self._read(one) for one in await self.course.campaigns.to_report(since)))

    async def _read(self, campaign: Campaign) -> None:
        async with self.room:
            try:
                client, account = self.calls.seat(campaign)
                report = await client.report(account, campaign["_id"], campaign["report_no"])
            except TROUBLE as trouble:
                log.warning("no_report", campaign_id=campaign["_id"], why=str(trouble))
                return
            await self._learn(campaign, report)

    async def _learn(self, campaign: Campaign, report: Report) -> None:
        """Figures, what they mean for the campaign, and what says both, in one transaction."""
        now, epoch = await self.database.now(), (await self.epochs.current()).value
        told = {"reported_at": now, "report_no": max([campaign["report_no"], *(one.number for one in report.figures)])}

        async def work(tx: Transaction) -> None:
            fresh = await self.course.campaigns.get(campaign["brand_id"], campaign["_id"], tx=tx)
            if fresh.get("concluded_at"):
                return  # what was stated as final meanwhile stays so
            rows = await self.course.spend.learn(fresh["brand_id"], fresh["_id"], report.figures, tx=tx)
            for row in rows:
                tx.emit(Outgoing.first(spend_measured(fresh, row, at=now, epoch=epoch), now=now))
            await self.course.campaigns.note(fresh, told, tx=tx)
            await self.course.follow(fresh, now, epoch, tx=tx)

        await self.database.transact(work)
        if report.serving and not campaign["serving"] and campaign["driven"] == campaign["order"]:
            await self.course.campaigns.wish_again(campaign)
