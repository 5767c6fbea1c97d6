"""Who may sign in: members by login, with the roles that each has."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from services.console.domain.access import EVERY_BRAND, Person
from shared.mongo.indexes import Index
from shared.mongo.operations import Document

if TYPE_CHECKING:
    from shared.mongo.database import Database
    from shared.mongo.transactions import Transaction


class Members:
    """Members by login; a member's `roles` name each brand, so that no page asks an agency what it holds."""

    def __init__(self, database: "Database") -> None:
        self._members = database.system("members", Index(("agency_id",)))  # system: sign-in

    async def by_login(self, login: str) -> Document | None:
        """A member as stored, with the password's hash; None for an unknown login."""
        return await self._members.get({"_id": login.strip().casefold()})

    async def choose(self, login: str, fields: Mapping[str, str]) -> None:
        """A member's own choices: language, theme."""
        await self._members.update({"_id": login}, {"$set": dict(fields)})

    async def grant_new_brand(self, agency_id: str, brand_id: str, tx: "Transaction") -> None:
        """Whoever has a role on all brands of the agency has it on this one too."""
        members = await self._members.find({"agency_id": agency_id, f"roles.{EVERY_BRAND}": {"$exists": True}}, tx=tx)
        for member in members:
            role = member["roles"][EVERY_BRAND]
            await self._members.update({"_id": member["_id"]}, {"$set": {f"roles.{brand_id}": role}}, tx=tx)

    async def revoke_brand(self, agency_id: str, brand_id: str, tx: "Transaction") -> None:
        """Nobody of the agency has a role on the brand any longer."""
        await self._members.update_many({"agency_id": agency_id}, {"$unset": {f"roles.{brand_id}": ""}}, tx=tx)

    async def of_agency(self, agency_id: str) -> list[Document]:
        """All members of an agency, by name."""
        return await self._members.find({"agency_id": agency_id}, sort=("name",), projection={"password_hash": 0})

    async def names(self, logins: Sequence[str]) -> dict[str, str]:
        """Login → name."""
        rows = await self._members.find({"_id": {"$in": list(set(logins))}}, projection={"name": 1})
        return {row["_id"]: row["name"] for row in rows}


def person_of(member: Mapping[str, Any]) -> Person:
    """A stored member as the person pages and rights know."""
    roles = {brand: role for brand, role in member["roles"].items() if brand != EVERY_BRAND}
    return Person(
        member_id=member["_id"],
        agency_id=member["agency_id"],
        name=member["name"],
        login=member["_id"],
        roles=roles,
        everywhere=member["roles"].get(EVERY_BRAND),
        operator=member.get("operator", False),
        language=member.get("language", ""),
        theme=member.get("theme", ""),
        second_step=bool(member.get("second_step")),
    )
