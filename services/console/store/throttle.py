"""How often someone may try to sign in: counted for each account, each browser that its member has used, its codes, and
each address."""

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from shared.mongo.indexes import Index

if TYPE_CHECKING:
    from shared.mongo.database import Database

WINDOW = timedelta(minutes=15)
MOST = {"account": 10, "browser": 10, "address": 60, "code": 10}


class Throttle:
    """Counts tries in windows of a quarter of an hour; all counts must be below their limit (`MOST`)."""

    def __init__(self, database: "Database") -> None:
        self._tries = database.system("signInTries", Index(("ends_at",), ttl_seconds=0))  # system: sign-in

    async def allows(self, now: datetime, **who: str) -> bool:
        """Counts this try for each kind of `MOST` (`account`, `code`: a login), and says whether it may be made."""
        allowed = True
        for kind, value in who.items():
            row = await self._tries.find_and_update(
                {"_id": _name(kind, value.strip().casefold(), now)},
                {"$inc": {"tries": 1}, "$setOnInsert": {"ends_at": now + 2 * WINDOW}},
                upsert=True,
            )
            allowed = allowed and row is not None and row["tries"] <= MOST[kind]
        return allowed

    async def take_back(self, now: datetime, **who: str) -> None:
        """This try has succeeded: it alone no longer counts. Others of the same address may be somebody's guesses."""
        for kind, value in who.items():
            name = _name(kind, value.strip().casefold(), now)
            await self._tries.update({"_id": name}, {"$inc": {"tries": -1}})

    async def forget(self, now: datetime, **who: str) -> None:
        """What was tried has succeeded: no try of this window counts any more."""
        for kind, value in who.items():
            await self._tries.delete({"_id": _name(kind, value.strip().casefold(), now)})


def minutes_left(now: datetime) -> int:
    """Until the window ends."""
    seconds = WINDOW.total_seconds() - now.timestamp() % WINDOW.total_seconds()
    return int(seconds // 60) + 1


def _name(kind: str, value: str, now: datetime) -> str:
    window = int(now.timestamp() // WINDOW.total_seconds())
    return hashlib.sha256(f"{kind}\x1f{value}\x1f{window}".encode()).hexdigest()
