"""Who speaks to a brand: one document a person, as insights told."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from services.console.store import fold
from shared.events.insights.person_changed import PersonChanged
from shared.mongo.indexes import Index
from shared.mongo.operations import Document, UpdateOne

if TYPE_CHECKING:
    from shared.mongo.database import Database


class People:
    """The `people` collection; of each person the higher number wins."""

    def __init__(self, database: "Database") -> None:
        self._people = database.brand("people", Index(("brand_id", "-said", "last_seen_at")))

    async def fold(self, facts: Sequence[PersonChanged]) -> None:
        """Keep the newest of each person."""
        await fold.write(self._people, [_update(fact) for fact in facts])

    async def most_present(self, brand_ids: Sequence[str], since: datetime, limit: int) -> list[Document]:
        """Those who spoke since then, who said most in all first."""
        wanted = {"brand_id": {"$in": list(brand_ids)}, "last_seen_at": {"$gte": since}}
        return await self._people.find(wanted, sort=("-said", "_id"), limit=limit)


def _update(fact: PersonChanged) -> UpdateOne:
    values = fact.model_dump(exclude={"brand_id", "epoch"})
    stages = [fold.newer("person_no", (fact.epoch, fact.seq), values), {"$set": {"updated_at": "$$NOW"}}]
    return UpdateOne({"_id": f"{fact.brand_id}:{fact.person_id}", "brand_id": fact.brand_id}, stages, upsert=True)
