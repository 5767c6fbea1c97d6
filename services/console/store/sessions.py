"""The sessions of those who signed in: only digests of session ids are stored."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from services.console.domain.access import Person
from services.console.store.members import person_of
from shared.mongo.indexes import Index
from shared.mongo.operations import Document

if TYPE_CHECKING:
    from shared.mongo.database import Database

HALFWAY = timedelta(minutes=10)
LONGEST_AGENT = 300


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. `csrf` is what its forms must carry."""

    person: Person
    csrf: str
    digest: str


class Sessions:
    """Opaque 256-bit ids; over after `idle` without use, and after `absolute` in any case."""

    def __init__(self, database: "Database", *, idle: timedelta, absolute: timedelta) -> None:
        ends, login = Index(("ends_at",), ttl_seconds=0), Index(("login",))
        self._sessions = database.system("sessions", ends, login)  # system: sign-in
        self._members = database.system("members")  # system: sign-in
        self._idle = idle
        self._absolute = absolute

    async def begin(self, login: str, now: datetime, *, address: str = "", agent: str = "") -> str:
        """A new session's id, for the cookie alone; address and agent are what its owner recognises it by."""
        session_id = secrets.token_urlsafe(32)
        row = {"_id": digest(session_id), "login": login, "csrf": secrets.token_urlsafe(32), "used_at": now}
        row |= {"began_at": now, "address": address, "agent": agent[:LONGEST_AGENT]}
        await self._sessions.insert({**row, "ends_at": now + self._absolute})
        return session_id

    async def begin_halfway(self, login: str, now: datetime) -> str:
        """The password was right and a code is still to come: the id of something that opens no page."""
        session_id = secrets.token_urlsafe(32)
        row = {"_id": digest(session_id), "login": login, "halfway": True, "ends_at": now + HALFWAY}
        await self._sessions.insert(row)
        return session_id

    async def halfway(self, session_id: str, now: datetime) -> str:
        """Whose password was right; empty where that is too long ago."""
        row = await self._sessions.get({"_id": digest(session_id), "halfway": True})
        return str(row["login"]) if row is not None and now < row["ends_at"] else ""

    async def find(self, session_id: str, now: datetime) -> Session | None:
        """The session and its member as they are now; None when it is over. Use keeps it alive."""
        row = await self._sessions.get({"_id": digest(session_id), "halfway": None})
        if row is None or not self._lives(row, now):
            return None
        member = await self._members.get({"_id": row["login"]})
        if member is None:
            return None
        if now - row["used_at"] > self._idle / 10:
            await self._sessions.update({"_id": row["_id"]}, {"$set": {"used_at": now}})
        return Session(person_of(member), row["csrf"], row["_id"])

    async def lives(self, session: str, now: datetime) -> bool:
        """Whether a session, by its digest, is not over; to ask is not to use it."""
        row = await self._sessions.get({"_id": session})
        return row is not None and self._lives(row, now)

    async def of(self, login: str, now: datetime) -> list[Document]:
        """The sessions of a member that are not over, the latest used first."""
        rows = await self._sessions.find({"login": login, "halfway": None}, sort=("-used_at",))
        return [row for row in rows if self._lives(row, now)]

    async def end(self, session_id: str) -> None:
        """Sign out."""
        await self._sessions.delete({"_id": digest(session_id)})

    async def end_all(self, login: str) -> None:
        """Every browser of a member, when the password changed."""
        await self._sessions.delete({"login": login})

    def _lives(self, row: Document, now: datetime) -> bool:
        return bool(now < row["ends_at"] and now - row["used_at"] < self._idle)


def digest(session_id: str) -> str:
    """What is stored of an id with 256 bits of chance: its SHA-256."""
    return hashlib.sha256(session_id.encode()).hexdigest()
