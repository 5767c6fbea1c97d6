"""Looks at every campaign that is not over: the budget, the gate, the schedule and the pace turn it, and say why."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.campaigns.domain.steering import turn
from services.campaigns.store.campaigns import Campaign
from services.campaigns.store.course import Course
from shared.epochs import Epochs
from shared.mongo.database import Database
from shared.mongo.transactions import Transaction

AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Steering:
    """What steering needs."""

    database: Database
    course: Course
    epochs: Epochs

    async def steer(self, brand_ids: Sequence[str] | None = None) -> None:
        """One look at each of these brands, or of all, a few at a time: a hold of all is in a hurry."""
        now, epoch = await self.database.now(), (await self.epochs.current()).value
        room = asyncio.Semaphore(AT_ONCE)

        async def look(campaign: Campaign) -> None:
            async with room:
                await self._steer(campaign, now, epoch)

        await asyncio.gather(*(look(one) for one in await self.course.campaigns.live(brand_ids)))

    async def _steer(self, campaign: Campaign, now: datetime, epoch: int) -> None:
        if turn(campaign, await self.course.look(campaign, now)) is None:
            return

        async def work(tx: Transaction) -> None:
            fresh = await self.course.campaigns.get(campaign["brand_id"], campaign["_id"], tx=tx)
            await self.course.follow(fresh, now, epoch, tx=tx)

        await self.database.transact(work)
