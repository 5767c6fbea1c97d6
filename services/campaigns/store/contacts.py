"""`contacts`: what other systems say of people, by the people whom they name."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from services.campaigns.domain.audience.contacts import Contact, contact
from services.campaigns.store.profiles import Profiles
from shared.events.crm.parts import ContactFact
from shared.mongo.indexes import Index
from shared.mongo.operations import ReplaceOne
from shared.mongo.transactions import Transaction

if TYPE_CHECKING:
    from shared.mongo.database import Database

AT_ONCE = 20  # of fifty people each at most


class Contacts:
    """One document a contact, the higher number wins. Whoever is in it or was is judged again with the same write."""

    def __init__(self, database: "Database", profiles: Profiles) -> None:
        self._database, self._profiles = database, profiles
        self._rows = database.brand("contacts", Index(("brand_id", "authors")))

    async def learn(self, facts: Sequence[ContactFact], now: datetime) -> None:
        """Fold these facts, and note where the people whom they name live."""
        ordered = sorted(facts, key=lambda fact: fact.brand_id)
        for brand_id, group in groupby(ordered, key=lambda fact: fact.brand_id):
            told = [contact(fact) for fact in group]
            for begin in range(0, len(told), AT_ONCE):
                await self._learn(brand_id, told[begin : begin + AT_ONCE], now)

    async def _learn(self, brand_id: str, told: Sequence[Contact], now: datetime) -> None:
        async def work(tx: Transaction) -> None:
            people = await self._fold(brand_id, told, tx)
            if not people:
                return
            linked = await self._rows.find({"brand_id": brand_id, "authors": {"$in": people}}, tx=tx)
            await self._profiles.know(
                brand_id, {person: [one for one in linked if person in one["authors"]] for person in people}, now, tx=tx
            )

        await self._database.transact(work)

    async def _fold(self, brand_id: str, told: Sequence[Contact], tx: Transaction) -> list[str]:
        """The people whom news concerns."""
        ids, people, news = sorted({one["_id"] for one in told}), set[str](), dict[str, Contact]()
        known = {row["_id"]: row for row in await self._rows.find({"brand_id": brand_id, "_id": {"$in": ids}}, tx=tx)}
        for one in told:
            before = known.get(one["_id"])
            if before is None or one["no"] > before["no"]:
                people.update(one["authors"], before["authors"] if before else ())
                known[one["_id"]] = news[one["_id"]] = one
        changes = [ReplaceOne({"_id": name, "brand_id": brand_id}, row, upsert=True) for name, row in news.items()]
        await self._rows.bulk(changes, tx=tx)
        return sorted(people)
