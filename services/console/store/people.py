"""Who speaks to a brand: one document a person, as insights told, and whether they may be addressed."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from services.console.domain.people import Wanted, mostly
from services.console.domain.searching import terms_of, words_of
from services.console.store import fold
from shared.events.campaigns.opt_out_changed import OptOutChanged
from shared.events.insights.person_changed import PersonChanged
from shared.mongo.indexes import Index
from shared.mongo.operations import Document, UpdateOne

if TYPE_CHECKING:
    from shared.mongo.database import Database

PAGE = 50
INDEXES = (
    Index(("brand_id", "-said", "last_seen_at")),
    Index(("brand_id", "-last_seen_at")),
    Index(("brand_id", "words")),
)


class People:
    """The `people` collection; of each person the higher number of each family wins."""

    def __init__(self, database: "Database") -> None:
        self._people = database.brand("people", *INDEXES)

    async def fold(self, facts: Sequence[PersonChanged]) -> None:
        """Keep the newest of each person."""
        await fold.write(self._people, [_update(fact) for fact in facts])

    async def fold_opt_outs(self, facts: Sequence[OptOutChanged]) -> None:
        """Keep whether each may be addressed."""
        await fold.write(self._people, [_opt_out(fact) for fact in facts])

    async def get(self, brand_id: str, person_id: str) -> Document | None:
        """What is known of a person; `said` is missing where only an opt-out is."""
        return await self._people.get({"_id": _id(brand_id, person_id), "brand_id": brand_id})

    async def page(self, brand_ids: Sequence[str], wanted: Wanted) -> list[Document]:
        """A page of people; one more than that where there are more."""
        sort = ("-said", "_id") if wanted.sort == "said" else ("-last_seen_at", "_id")
        where = _where(brand_ids, wanted)
        return await self._people.find(where, sort=sort, skip=wanted.skip, limit=PAGE + 1, projection={"words": 0})

    async def count(self, brand_ids: Sequence[str], wanted: Wanted) -> int:
        """How many there are of that kind."""
        return await self._people.count(_where(brand_ids, wanted))

    async def most_present(self, brand_ids: Sequence[str], since: datetime, limit: int) -> list[Document]:
        """Those who spoke since then, who said most in all first."""
        wanted = {"brand_id": {"$in": list(brand_ids)}, "last_seen_at": {"$gte": since}}
        return await self._people.find(wanted, sort=("-said", "_id"), limit=limit)


def _where(brand_ids: Sequence[str], wanted: Wanted) -> dict[str, Any]:
    where: dict[str, Any] = {"brand_id": {"$in": list(brand_ids)}, "said": {"$gt": 0}}
    where |= {"network": wanted.network} if wanted.network else {}
    where |= {"mood": wanted.mood} if wanted.mood else {}
    if terms := terms_of(wanted.query):
        where["$and"] = [{"words": {"$regex": f"^{re.escape(term)}"}} for term in terms]
    return where


def _update(fact: PersonChanged) -> UpdateOne:
    values = fact.model_dump(exclude={"brand_id", "epoch"})
    values |= {"mood": mostly(fact.moods), "words": words_of(fact.name, fact.handle)}
    newest = fold.newer("person_no", (fact.epoch, fact.seq), values)["$replaceWith"]
    of_before = {"$lte": [{"$literal": fact.last_seen_at}, "$erased_until"]}
    stages: list[fold.Stage] = [{"$replaceWith": {"$cond": [of_before, "$$ROOT", newest]}}]
    stages.append({"$set": {"updated_at": "$$NOW"}})
    return UpdateOne({"_id": _id(fact.brand_id, fact.person_id), "brand_id": fact.brand_id}, stages, upsert=True)


def _opt_out(fact: OptOutChanged) -> UpdateOne:
    values = {"person_id": fact.person_id, "out": fact.out, "out_at": fact.at, "out_by": fact.person}
    stages = [fold.newer("out_no", (fact.epoch, fact.seq), values), {"$set": {"updated_at": "$$NOW"}}]
    return UpdateOne({"_id": _id(fact.brand_id, fact.person_id), "brand_id": fact.brand_id}, stages, upsert=True)


def _id(brand_id: str, person_id: str) -> str:
    return f"{brand_id}:{person_id}"
