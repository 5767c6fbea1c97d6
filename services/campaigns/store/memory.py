"""What campaigns takes back from its own topic when its store was restored to an earlier moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from services.campaigns.store.campaigns import Campaigns
from services.campaigns.store.profiles import Profiles
from shared.events.campaigns.opt_out_changed import OptOutChanged
from shared.events.campaigns.parts import CampaignFact
from shared.mongo.database import Database
from shared.mongo.transactions import Transaction


@dataclass(frozen=True, slots=True)
class Memory:
    """What people had said since: who may not be addressed, what may be spent on what, and what was stopped."""

    database: Database
    campaigns: Campaigns
    profiles: Profiles

    async def recall(self, facts: Sequence[CampaignFact | OptOutChanged], epoch: int) -> None:
        """Each in a transaction of its own; those that the store knows change nothing."""
        for fact in facts:
            await self.database.transact(partial(self._recall, fact, epoch))

    async def _recall(self, fact: CampaignFact | OptOutChanged, epoch: int, tx: Transaction) -> None:
        now = await self.database.now()
        if isinstance(fact, OptOutChanged):
            await self.profiles.recall(fact, now, tx=tx)
        else:
            await self.campaigns.recall(fact, tx=tx, now=now, epoch=epoch)
