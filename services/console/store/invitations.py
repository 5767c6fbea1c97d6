"""One-time links: one lets a person join with given roles, one lets a member choose a new password.

Only a link's digest is stored. It is worth what its maker is: nothing, once they could not make it any more.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from services.console.domain.access import EVERY_BRAND
from services.console.domain.membership import Roles, collapsed, may_give, may_recover, spread
from services.console.store.members import person_of
from services.console.store.membership import Membership, Refused, told
from services.console.store.sessions import digest
from shared.errors import Duplicate
from shared.mongo.indexes import Index
from shared.mongo.operations import Document

if TYPE_CHECKING:
    from shared.mongo.database import Database
    from shared.mongo.transactions import Transaction

Kind = Literal["join", "reset"]
GOOD_FOR: Mapping[Kind, timedelta] = {"join": timedelta(hours=72), "reset": timedelta(hours=1)}


class Invitations:
    """The `invitations` collection: a row is a link that was not used yet."""

    def __init__(self, database: "Database", membership: Membership) -> None:
        self._database = database
        self._membership = membership
        ends, of_agency = Index(("ends_at",), ttl_seconds=0), Index(("agency_id", "kind", "login"))
        self._links = database.system("invitations", ends, of_agency)  # system: whoever holds one is not signed in
        self._members = database.system("members")  # system: people belong to an agency, not to a brand
        self._sessions = database.system("sessions")  # system: sign-in

    async def invite(self, by: str, login: str, roles: Roles, now: datetime) -> str:
        """What a link carries that lets `login` join; an earlier one for them opens nothing any more.

        Whoever is of the agency already, at brands that `by` does not look after, has the roles at once: empty.
        Raises `Refused`: rights, nothing, member.
        """
        login = login.strip().casefold()

        async def work(tx: "Transaction") -> str:
            actor = await self._membership.actor(by, tx)
            if not roles:
                raise Refused("nothing")
            if not may_give(actor, roles):
                raise Refused("rights")
            known = await self._members.get({"_id": login}, tx=tx)
            if known is not None and known["agency_id"] == actor.agency_id:
                await self._membership.give(actor, person_of(known), roles, now, tx)
                return ""
            facts = {"login": login, "agency_id": actor.agency_id, "roles": collapsed(roles)}
            about = {"member": login, "roles": told(roles)}
            await self._membership.note("member.invited", actor.agency_id, by, now, about, tx)
            return await self._make("join", by, facts, now, tx)

        return await self._database.transact(work)

    async def reset(self, by: str, login: str, now: datetime) -> str:
        """What a link carries that lets a member choose a new password. Raises `Refused`: rights, gone."""

        async def work(tx: "Transaction") -> str:
            actor = await self._membership.actor(by, tx)
            member = await self._membership.member(login, tx)
            if not may_recover(actor, member):
                raise Refused("rights")
            about = {"member": login}
            await self._membership.note("member.reset_made", actor.agency_id, by, now, about, tx)
            return await self._make("reset", by, {"login": login, "agency_id": actor.agency_id}, now, tx)

        return await self._database.transact(work)

    async def waiting(self, agency_id: str, now: datetime) -> list[Document]:
        """Who was invited and has not come yet, the latest first."""
        wanted = {"agency_id": agency_id, "kind": "join", "ends_at": {"$gt": now}}
        return await self._links.find(wanted, sort=("-made_at",))

    async def cancel(self, by: str, link_id: str, now: datetime) -> None:
        """An invitation opens nothing any more. Raises `Refused`: rights, gone."""

        async def work(tx: "Transaction") -> None:
            actor = await self._membership.actor(by, tx)
            row = await self._links.get({"_id": link_id, "kind": "join", "agency_id": actor.agency_id}, tx=tx)
            if row is None:
                raise Refused("gone")
            if not may_give(actor, row["roles"]):
                raise Refused("rights")
            await self._links.delete({"_id": link_id}, tx=tx)
            about = {"member": row["login"]}
            await self._membership.note("member.invitation_cancelled", actor.agency_id, by, now, about, tx)

        await self._database.transact(work)

    async def find(self, kind: Kind, key: str, now: datetime) -> Document | None:
        """The link that carries this key; None where it opens nothing (used, late, cancelled, its maker gone)."""
        row = await self._links.get({"_id": digest(key), "kind": kind, "ends_at": {"$gt": now}})
        return row if row is not None and await self._is_good(row) else None

    async def join(self, key: str, person: Mapping[str, Any], now: datetime) -> str:
        """The new member's login; `person` is name, password_hash, language. Raises `Refused`: gone, taken."""

        async def work(tx: "Transaction") -> str:
            row = await self._use("join", key, now, tx)
            if await self._members.get({"_id": row["login"]}, tx=tx) is not None:
                raise Refused("taken")
            brands = await self._membership.brands_of(row["agency_id"], tx)
            roles = {place: role for place, role in row["roles"].items() if place in (EVERY_BRAND, *brands)}
            if not roles:
                raise Refused("gone")
            member = {"_id": row["login"], "agency_id": row["agency_id"], "operator": False, **person}
            await self._members.insert({**member, "roles": spread(roles, brands)}, tx=tx)
            about = {"roles": told(roles), "by": row["by"]}
            await self._membership.note("member.joined", row["agency_id"], row["login"], now, about, tx)
            return str(row["login"])

        try:
            return await self._database.transact(work)
        except Duplicate:
            raise Refused("taken") from None

    async def choose_anew(self, key: str, password_hash: str, now: datetime) -> str:
        """A reset link is used: the login whose password is another now, and whose sessions are over.

        Raises `Refused`: gone.
        """

        async def work(tx: "Transaction") -> str:
            row = await self._use("reset", key, now, tx)
            login = str(row["login"])
            await self._members.update({"_id": login}, {"$set": {"password_hash": password_hash}}, tx=tx)
            await self._sessions.delete({"login": login}, tx=tx)
            await self._membership.note("member.reset_used", row["agency_id"], login, now, {"by": row["by"]}, tx)
            return login

        return await self._database.transact(work)

    async def _make(self, kind: Kind, by: str, facts: Mapping[str, Any], now: datetime, tx: "Transaction") -> str:
        key = secrets.token_urlsafe(32)
        same = {"agency_id": facts["agency_id"], "kind": kind, "login": facts["login"]}
        await self._links.delete(same, tx=tx)
        row = {"_id": digest(key), "kind": kind, "by": by, "made_at": now, "ends_at": now + GOOD_FOR[kind], **facts}
        await self._links.insert(row, tx=tx)
        return key

    async def _use(self, kind: Kind, key: str, now: datetime, tx: "Transaction") -> Document:
        wanted = {"_id": digest(key), "kind": kind, "ends_at": {"$gt": now}}
        row = await self._links.get(wanted, tx=tx)
        if row is None or not await self._is_good(row, tx) or not await self._links.delete(wanted, tx=tx):
            raise Refused("gone")
        return row

    async def _is_good(self, row: Mapping[str, Any], tx: "Transaction | None" = None) -> bool:
        maker = await self._members.get({"_id": row["by"], "agency_id": row["agency_id"]}, tx=tx)
        if maker is None or row["kind"] == "join":
            return maker is not None and may_give(person_of(maker), row["roles"])
        member = await self._members.get({"_id": row["login"]}, tx=tx)
        return member is not None and may_recover(person_of(maker), person_of(member))
