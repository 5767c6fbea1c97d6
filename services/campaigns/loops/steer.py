"""Looks at every campaign that is not over: the budget, the gate, the schedule and the pace turn it, and say why."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.campaigns.domain.steering import turn
from services.campaigns.store.campaigns import Campaign
from services.campaigns.store.course import Course
from shared.epochs import Epochs
from shared.mongo.database import Database
from shared.mongo.transactions import Transaction


@dataclass(frozen=True, slots=True)
class Steering:
    """What steering needs."""

    database: Database
    course: Course
    epochs: Epochs

    async def steer(self, brand_ids: Sequence[str] | None = None) -> None:
        """One look at each of these brands, or of all."""
        now, epoch = await self.database.now(), (await self.epochs.current()).value
        for campaign in await self.course.campaigns.live(brand_ids):
            if turn(campaign, await self.course.look(campaign, now)) is None:
                continue

            async def work(tx: Transaction, one: Campaign = campaign) -> None:
                fresh = await self.course.campaigns.get(one["brand_id"], one["_id"], tx=tx)
                await self.course.follow(fresh, now, epoch, tx=tx)

            await self.database.transact(work)
