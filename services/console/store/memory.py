"""What console takes back from the directory when its store was restored to an earlier moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from services.console.store.directory import DirectoryStore, UnknownAgency
from services.console.store.holds import Holds
from shared.directory import Entry
from shared.events.console.agency_changed import AgencyChanged
from shared.events.console.brand_changed import BrandChanged
from shared.events.console.channel_changed import ChannelChanged
from shared.events.console.parts import HoldFact

FAMILIES = (AgencyChanged, BrandChanged, ChannelChanged, HoldFact)  # each needs those before it
NUMBERS = {"epoch", "seq"}
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Memory:
    """What people had said since: whose a brand is, what listens to which account with which token, what is held.

    Of the directory it is stated again under a higher number, so that whatever is changed next counts everywhere.
    """

    directory: DirectoryStore
    holds: Holds
    clock: Callable[[], datetime]

    async def recall(self, facts: Sequence[Entry | HoldFact], epoch: int) -> None:
        """Each in a transaction of its own; those that the store knows change nothing."""
        for fact in sorted(facts, key=_place):
            try:
                await self._recall(fact)
            except UnknownAgency as agency:
                log.warning("not_recalled", brand_id=fact.owner_id(), agency_id=str(agency))

    async def _recall(self, fact: Entry | HoldFact) -> None:
        now, fields = self.clock(), fact.model_dump(exclude=NUMBERS)
        if isinstance(fact, AgencyChanged):
            await self.directory.put_agency(fact.agency_id, {"name": fact.name}, now, after=fact.seq)
        elif isinstance(fact, BrandChanged):
            await self.directory.put_brand(fact.brand_id, fields, now, after=fact.seq)
        elif isinstance(fact, ChannelChanged):
            await self.directory.put_back(fact.channel_id, fields, now, after=fact.seq)
        else:
            await self.holds.put_back(fact)


def _place(fact: Entry | HoldFact) -> int:
    return next(place for place, family in enumerate(FAMILIES) if isinstance(fact, family))
