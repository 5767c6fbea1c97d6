"""Deletions: tombstones for all, and an end to the cases of those that had one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.moderation.domain.case import WAITING
from services.moderation.store.authors import Authors
from services.moderation.store.cases import Cases
from services.moderation.store.decision import taken_back
from services.moderation.store.interactions import Interactions
from services.moderation.store.revision import close
from shared.bus.envelope import Received
from shared.events.ids import derive
from shared.events.ingest.interaction_deleted import InteractionDeleted
from shared.mongo.database import Database
from shared.mongo.transactions import Transaction

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Burial:
    """Idempotent; a deletion may come before what it deletes."""

    database: Database
    interactions: Interactions
    cases: Cases
    authors: Authors

    async def of(self, batch: Sequence[Received[InteractionDeleted]]) -> None:
        """Tombstones first: from then on no judgement opens a case."""
        events = {received.event.interaction_id: received.event for received in batch}
        await self.interactions.bury(
            [
                {
                    "_id": event.interaction_id,
                    "brand_id": event.brand_id,
                    "place": event.place.model_dump(),
                    "deleted_at": event.seen_at,
                }
                for event in events.values()
            ]
        )
        rows = await self.interactions.known(sorted({event.brand_id for event in events.values()}), list(events))
        for received in batch:
            row = rows.get(received.event.interaction_id)
            if row is not None and row.get("cased"):
                await self._end(row, received)

    async def _end(self, row: Row, received: Received[InteractionDeleted]) -> None:
        """A decision that had not left is taken back: there is nothing left to act on."""

        async def work(tx: Transaction) -> None:
            case = await self.cases.get(row["brand_id"], derive("case", row["_id"]), tx=tx)
            if case is None or case.get("deleted"):
                return
            void = case["state"] == "deciding" and await taken_back(self.database, case, tx)
            if void:
                await self.authors.follow(case, case.get("before", ""), received.read_at, tx=tx)
            if void or case["state"] in WAITING:
                await close(self.cases, tx, received, case, "deleted", deleted=True)
            else:
                await self.cases.change(case, {"media_due": None, "deleted": True}, tx=tx)

        await self.database.transact(work)
