"""Contacts: whom other systems know among the people who address a brand."""

from collections.abc import Mapping
from typing import Any

from shared.errors import Conflict
from shared.events.ids import derive
from shared.mongo.database import Database
from shared.mongo.transactions import Transaction

Contact = dict[str, Any]


class Contacts:
    """The `contacts` collection; an id follows from the brand and what the other system calls the contact."""

    def __init__(self, database: Database) -> None:
        self._rows = database.brand("contacts")

    async def find(self, brand_id: str, external_id: str, *, tx: Transaction | None = None) -> Contact | None:
        """The contact, if there is one."""
        return await self._rows.get({"_id": contact_id(brand_id, external_id), "brand_id": brand_id}, tx=tx)

    async def put(
        self, brand_id: str, external_id: str, known: Contact | None, said: Mapping[str, Any], *, tx: Transaction
    ) -> Contact:
        """The contact as it is now said to be, with the next number; `Conflict` where it changed since `known`."""
        one = {"_id": contact_id(brand_id, external_id), "brand_id": brand_id}
        if known is None:
            contact = {**one, "external_id": external_id, **said, "seq": 1}
            await self._rows.insert(dict(contact), tx=tx)
            return contact
        changed = await self._rows.find_and_update(
            one | {"seq": known["seq"]}, {"$set": {"external_id": external_id, **said}, "$inc": {"seq": 1}}, tx=tx
        )
        if changed is None:
            raise Conflict()
        return changed


def contact_id(brand_id: str, external_id: str) -> str:
    """Ours."""
    return derive("contact", brand_id, external_id)
