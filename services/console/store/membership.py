"""Who of an agency has which role: changed by its admins, one act after the other, each in the agency's log."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from services.console.domain.access import Person
from services.console.domain.membership import (
    Roles,
    changed,
    collapsed,
    left_alone,
    may_change,
    may_give,
    may_see,
    roles_of,
)
from services.console.store.audit import Audit, chain_of_agency
from services.console.store.members import person_of

if TYPE_CHECKING:
    from shared.mongo.database import Database
    from shared.mongo.transactions import Transaction


class Refused(Exception):
    """An act that cannot be; `why` is a word: rights, last_admin, nothing, member, taken, gone."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Membership:
    """Acts on members. Whoever acts is looked up again within the act: rights may have gone since the page was read."""

    def __init__(self, database: "Database", audit: Audit, new_id: Callable[[], str]) -> None:
        self._database = database
        self._audit = audit
        self._new_id = new_id
        self._members = database.system("members")  # system: people belong to an agency, not to a brand
        self._sessions = database.system("sessions")  # system: sign-in
        self._agencies = database.system("agencies")  # system: an agency stands above its brands
        self._brands = database.system("brands")  # system: which brands an agency has

    async def change(self, by: str, login: str, wished: Roles, now: datetime) -> None:
        """Give a member these roles where `by` looks after members. Raises `Refused`."""
        if not wished:
            raise Refused("nothing")
        await self._settle(by, login, wished, "member.changed", now)

    async def remove(self, by: str, login: str, now: datetime) -> None:
        """Take a member's roles away where `by` looks after members; who has none left is no member any more.

        Their sessions end with it. Raises `Refused`.
        """
        await self._settle(by, login, {}, "member.removed", now)

    async def put(self, login: str, fields: Mapping[str, Any], now: datetime) -> None:
        """Make or change a member as the operator says. What stays as it was is no act; a new password ends every
        session, and who goes to another agency leaves a row in both logs."""

        async def work(tx: "Transaction") -> None:
            known = await self._members.get({"_id": login}, tx=tx) or {}
            changes = sorted(name for name, value in fields.items() if known.get(name) != value)
            if not changes:
                return
            await self._members.update({"_id": login}, {"$set": dict(fields)}, upsert=True, tx=tx)
            if known and "password_hash" in changes:
                await self._sessions.delete({"login": login}, tx=tx)
            named = [name.removesuffix("_hash") for name in changes] if known else []
            about = {"member": login, "roles": told(fields["roles"]), "fields": named}
            for agency_id in sorted({fields["agency_id"], known.get("agency_id", fields["agency_id"])}):
                await self.note("member.put" if known else "member.made", agency_id, "operator", now, about, tx)

        await self._database.transact(work)

    async def give(self, actor: Person, member: Person, roles: Roles, now: datetime, tx: "Transaction") -> None:
        """Roles for a colleague of whom the actor has not known. Raises `Refused` (member): they are on the list."""
        if may_see(actor, member):
            raise Refused("member")
        after = changed(actor, member, roles, ())
        await self._write(member, after, ends=False, tx=tx)
        about = {"member": member.login, "roles": told(after)}
        await self.note("member.changed", actor.agency_id, actor.login, now, about, tx)

    async def actor(self, login: str, tx: "Transaction") -> Person:
        """Who acts, as they are now, with their agency's people to themself until the act ends. Raises `Refused`."""
        row = await self._members.get({"_id": login}, tx=tx)
        if row is None:
            raise Refused("rights")
        await self._agencies.update({"_id": row["agency_id"]}, {"$inc": {"turn": 1}}, tx=tx)
        return person_of(row)

    async def member(self, login: str, tx: "Transaction") -> Person:
        """Who it is about. Raises `Refused`."""
        row = await self._members.get({"_id": login}, tx=tx)
        if row is None:
            raise Refused("gone")
        return person_of(row)

    async def brands_of(self, agency_id: str, tx: "Transaction") -> list[str]:
        """The ids of the agency's brands."""
        rows = await self._brands.find({"agency_id": agency_id}, projection={"_id": 1}, tx=tx)
        return [row["_id"] for row in rows]

    async def note(
        self, act: str, agency_id: str, by: str, now: datetime, details: Mapping[str, Any], tx: "Transaction"
    ) -> None:
        """A row of the agency's log; who it is about is in `details`, which can be erased."""
        told = {name: value for name, value in details.items() if value}
        chain, act_id = chain_of_agency(agency_id), self._new_id()
        await self._audit.add(chain, act, act_id=act_id, person=by, about=agency_id, at=now, details=told, tx=tx)

    async def _settle(self, by: str, login: str, wished: Roles, act: str, now: datetime) -> None:
        async def work(tx: "Transaction") -> None:
            actor = await self.actor(by, tx)
            member = await self.member(login, tx)
            if not (may_change(actor, member) and may_give(actor, wished)):
                raise Refused("rights")
            after = changed(actor, member, wished, await self.brands_of(actor.agency_id, tx))
            others = await self._members.find({"agency_id": actor.agency_id, "_id": {"$ne": login}}, tx=tx)
            if left_alone(roles_of(member), after, [other["roles"] for other in others]):
                raise Refused("last_admin")
            await self._write(member, after, ends=not wished, tx=tx)
            await self.note(act, actor.agency_id, by, now, {"member": login, "roles": told(after)}, tx)

        await self._database.transact(work)

    async def _write(self, member: Person, after: Roles, *, ends: bool, tx: "Transaction") -> None:
        if after or member.operator:
            await self._members.update({"_id": member.login}, {"$set": {"roles": dict(after)}}, tx=tx)
        else:
            await self._members.delete({"_id": member.login}, tx=tx)
        if ends:
            await self._sessions.delete({"login": member.login}, tx=tx)


def told(roles: Roles) -> Sequence[str]:
    """Roles as the log keeps them: `kerlann: manager`, `*: viewer`."""
    return [f"{place}: {role}" for place, role in sorted(collapsed(roles).items())]
