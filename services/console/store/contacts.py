"""Whom other systems know among the people who address a brand."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from services.console.store import fold
from shared.events.crm.parts import UNSAID, ContactFact
from shared.mongo.indexes import Index
from shared.mongo.operations import Document, UpdateOne

if TYPE_CHECKING:
    from shared.mongo.database import Database

MOST_SHOWN = 3
STATED = {"external_id", *UNSAID}


class Contacts:
    """One document a contact; the higher number wins."""

    def __init__(self, database: "Database") -> None:
        self._rows = database.brand("contacts", Index(("brand_id", "authors")))

    async def fold(self, facts: Sequence[ContactFact]) -> None:
        """Keep the newest state of each."""
        await fold.write(self._rows, [_update(fact) for fact in facts])

    async def of_author(self, brand_id: str, author_id: str) -> list[Document]:
        """Those that an author is linked with; an author who has no id is linked with none."""
        if not author_id:
            return []
        return await self._rows.find({"brand_id": brand_id, "authors": author_id}, sort="name", limit=MOST_SHOWN)


def _update(fact: ContactFact) -> UpdateOne:
    values = fact.model_dump(include=STATED)
    stages = [fold.newer("number", (fact.epoch, fact.seq), values), {"$set": {"updated_at": "$$NOW"}}]
    return UpdateOne({"_id": fact.contact_id, "brand_id": fact.brand_id}, stages, upsert=True)
