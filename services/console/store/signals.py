"""What insights noticed: one document a brand, its newest signal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from services.console.store import fold
from shared.events.insights.parts import CrisisFact
from shared.mongo.operations import Document, UpdateOne

if TYPE_CHECKING:
    from shared.mongo.database import Database


class Signals:
    """The `signals` collection; of each brand the higher number wins."""

    def __init__(self, database: "Database") -> None:
        self._signals = database.brand("signals")

    async def fold(self, facts: Sequence[tuple[CrisisFact, str]]) -> None:
        """Keep the newest of each brand, with the state that it tells of."""
        await fold.write(self._signals, [_update(fact, state) for fact, state in facts])

    async def open(self, brand_ids: Sequence[str]) -> list[Document]:
        """The brands' crises that have not eased."""
        ids = list(brand_ids)
        return await self._signals.find({"_id": {"$in": ids}, "brand_id": {"$in": ids}, "state": "suspected"})


def _update(fact: CrisisFact, state: str) -> UpdateOne:
    values = fact.model_dump(exclude={"brand_id", "epoch"}) | {"state": state}
    stages = [fold.newer("signal_no", (fact.epoch, fact.seq), values), {"$set": {"updated_at": "$$NOW"}}]
    return UpdateOne({"_id": fact.brand_id, "brand_id": fact.brand_id}, stages, upsert=True)
