"""`gates`: what stands in the way of each brand's ads, one document a brand."""

from collections.abc import Sequence

from services.campaigns.domain.gate import Gate
from shared.events.insights.parts import CrisisFact
from shared.mongo.database import Database
from shared.mongo.operations import UpdateOne
from shared.mongo.transactions import Transaction


class Gates:
    """Of each brand's crises the higher number wins."""

    def __init__(self, database: Database) -> None:
        self._rows = database.brand("gates")

    async def crisis(self, facts: Sequence[CrisisFact], suspected: bool) -> None:
        """A crisis is suspected, or has eased."""
        await self._rows.bulk([_update(fact, suspected) for fact in facts])

    async def of(self, brand_id: str, *, tx: Transaction | None = None) -> Gate:
        """What stands in the way now."""
        row = await self._rows.get({"_id": brand_id, "brand_id": brand_id}, tx=tx)
        return Gate(row["crisis"], row["learning"]) if row else Gate()


def _update(fact: CrisisFact, suspected: bool) -> UpdateOne:
    number, about = [fact.epoch, fact.seq], {"_id": fact.brand_id, "brand_id": fact.brand_id}
    told = {"$literal": {"crisis": suspected, "learning": fact.learning, "crisis_no": number}}
    newer = {"$gt": [{"$literal": number}, "$crisis_no"]}
    merged = {"$cond": [newer, {"$mergeObjects": ["$$ROOT", told]}, "$$ROOT"]}
    return UpdateOne(about, [{"$replaceWith": merged}], upsert=True)
