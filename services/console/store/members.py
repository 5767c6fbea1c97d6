"""Who may sign in, and the sessions of those who did: only digests of session ids are stored."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from services.console.domain.access import Person
from shared.mongo.indexes import Index
from shared.mongo.operations import Document

if TYPE_CHECKING:
    from shared.mongo.database import Database
    from shared.mongo.transactions import Transaction

EVERY_BRAND = "*"


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. `csrf` is what its forms must carry."""

    person: Person
    csrf: str
    digest: str


class Members:
    """Members by login; a member's `roles` name each brand, so that no page asks an agency what it holds."""

    def __init__(self, database: "Database") -> None:
        self._members = database.system("members", Index(("agency_id",)))  # system: sign-in

    async def by_login(self, login: str) -> Document | None:
        """A member as stored, with the password's hash; None for an unknown login."""
        return await self._members.get({"_id": login.strip().casefold()})

    async def put(self, login: str, fields: Mapping[str, Any]) -> None:
        """Make or change a member."""
        await self._members.update({"_id": login.strip().casefold()}, {"$set": dict(fields)}, upsert=True)

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

    async def names(self, logins: Sequence[str]) -> dict[str, str]:
        """Login → name."""
        rows = await self._members.find({"_id": {"$in": list(set(logins))}}, projection={"name": 1})
        return {row["_id"]: row["name"] for row in rows}


class Sessions:
    """Opaque 256-bit ids; over after `idle` without use, and after `absolute` in any case."""

    def __init__(self, database: "Database", *, idle: timedelta, absolute: timedelta) -> None:
        ends, login = Index(("ends_at",), ttl_seconds=0), Index(("login",))
        self._sessions = database.system("sessions", ends, login)  # system: sign-in
        self._members = database.system("members")  # system: sign-in
        self._idle = idle
        self._absolute = absolute

    async def begin(self, login: str, now: datetime) -> str:
        """A new session's id, for the cookie alone."""
        session_id = secrets.token_urlsafe(32)
        row = {"_id": digest(session_id), "login": login, "csrf": secrets.token_urlsafe(32), "used_at": now}
        await self._sessions.insert({**row, "ends_at": now + self._absolute})
        return session_id

    async def find(self, session_id: str, now: datetime) -> Session | None:
        """The session and its member as they are now; None when it is over. Use keeps it alive."""
        row = await self._sessions.get({"_id": digest(session_id)})
        if row is None or now >= row["ends_at"] or now - row["used_at"] >= self._idle:
            return None
        member = await self._members.get({"_id": row["login"]})
        if member is None:
            return None
        if now - row["used_at"] > self._idle / 10:
            await self._sessions.update({"_id": row["_id"]}, {"$set": {"used_at": now}})
        return Session(person_of(member), row["csrf"], row["_id"])

    async def end(self, session_id: str) -> None:
        """Sign out."""
        await self._sessions.delete({"_id": digest(session_id)})

    async def end_all(self, login: str) -> None:
        """Every browser of a member, when the password changed."""
        await self._sessions.delete({"login": login})


def person_of(member: Mapping[str, Any]) -> Person:
    """A stored member as the person pages and rights know."""
    roles = {brand: role for brand, role in member["roles"].items() if brand != EVERY_BRAND}
    return Person(
        member_id=member["_id"],
        agency_id=member["agency_id"],
        name=member["name"],
        login=member["_id"],
        roles=roles,
        operator=member.get("operator", False),
        language=member.get("language", ""),
        theme=member.get("theme", ""),
    )


def digest(session_id: str) -> str:
    """What is stored of an id with 256 bits of chance: its SHA-256."""
    return hashlib.sha256(session_id.encode()).hexdigest()
