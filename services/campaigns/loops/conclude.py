"""Concludes comparisons: once the last report of an ended campaign has been read, what each creative came to."""

from dataclasses import dataclass
from datetime import timedelta

from services.campaigns.domain.comparison import concluded
from services.campaigns.domain.statements import experiment_concluded
from services.campaigns.settings import Settings
from services.campaigns.store.campaigns import Campaign
from services.campaigns.store.course import Course
from shared.bus.envelope import Outgoing
from shared.epochs import Epochs
from shared.mongo.database import Database
from shared.mongo.transactions import Transaction


@dataclass(frozen=True, slots=True)
class Concluding:
    """What concluding needs."""

    database: Database
    course: Course
    epochs: Epochs
    settings: Settings

    async def conclude(self) -> None:
        """Each comparison that is over, once."""
        late = timedelta(days=self.settings.late_days)
        for campaign in await self.course.campaigns.to_conclude(await self.database.now() - late):
            await self._conclude(campaign, late)

    async def _conclude(self, campaign: Campaign, late: timedelta) -> None:
        """The counts, the mark that they are final and what says both, in one transaction."""
        now, epoch = await self.database.now(), (await self.epochs.current()).value
        brand_id, campaign_id = campaign["brand_id"], campaign["_id"]

        async def work(tx: Transaction) -> None:
            fresh = await self.course.campaigns.find(brand_id, campaign_id, tx=tx)
            if fresh is None or fresh.get("concluded_at") or not concluded(fresh, late, now):
                return
            counts = await self.course.spend.by_arm(brand_id, campaign_id, tx=tx)
            await self.course.campaigns.note(fresh, {"concluded_at": now}, tx=tx)
            tx.emit(Outgoing.first(experiment_concluded(fresh, counts, at=now, epoch=epoch), now=now))

        await self.database.transact(work)
