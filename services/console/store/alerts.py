"""Alerts: one document for each cause and person, made once; shown to them, and mailed where they wish so."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from services.console.domain.alerts import PLATFORM
from shared.mongo.indexes import Index
from shared.mongo.operations import Document, InsertOne

if TYPE_CHECKING:
    from shared.mongo.database import Database
    from shared.mongo.transactions import Transaction

KEPT_SECONDS = 30 * 86_400
MOST_IN_A_MAIL = 200
SHOWN = 100
DUE = Index(("login", "due_at"), partial={"state": "waiting"}, name="due")


class Alerts:
    """The `alerts` collection. `state` is shown (never mailed), waiting (until `due_at`), mailed (`mail` names the
    mail), or why it was not: over (its cause had ended), expired, withdrawn (its person no longer sees the brand)."""

    def __init__(self, database: "Database") -> None:
        aged, of = Index("created_at", ttl_seconds=KEPT_SECONDS), Index(("login", "-created_at"))
        self._rows = database.brand("alerts", aged, of, DUE, Index(("mail",), partial={"state": "mailed"}, name="mail"))
        self._all = database.system("alerts")  # system: a mail tells its reader of several brands

    async def add(self, alerts: Sequence[Document]) -> None:
        """Those that are not there yet."""
        await self._rows.bulk([InsertOne(dict(one)) for one in alerts])

    async def of(self, login: str, brands: Sequence[str], *, operator: bool) -> list[Document]:
        """The newest of one person, of the brands that they see."""
        return await self._rows.find(_of(login, brands, operator), sort=("-created_at", "_id"), limit=SHOWN)

    async def count_since(self, login: str, brands: Sequence[str], since: datetime | None, *, operator: bool) -> int:
        """How many came after `since`."""
        later = {"created_at": {"$gt": since}} if since else {}
        return await self._rows.count(_of(login, brands, operator) | later)

    async def logins_due(self, now: datetime) -> list[str]:
        """Who has something to be mailed."""
        found: list[str] = await self._all.distinct("login", {"state": "waiting", "due_at": {"$lte": now}})
        return found

    async def due(self, login: str, now: datetime) -> list[Document]:
        """What one person is to be mailed, the oldest first."""
        wanted = {"login": login, "state": "waiting", "due_at": {"$lte": now}}
        return await self._all.find(wanted, sort=("due_at", "_id"), limit=MOST_IN_A_MAIL)

    async def set_aside(self, alert_ids: Sequence[str], state: str) -> None:
        """These are not mailed; `state` says why."""
        if alert_ids:
            wanted = {"_id": {"$in": list(alert_ids)}, "state": "waiting"}
            await self._all.update_many(wanted, {"$set": {"state": state}})

    async def bind(self, alert_ids: Sequence[str], mail_id: str, tx: "Transaction") -> int:
        """Put these into one mail; how many were still waiting. No alert is ever in two."""
        wanted = {"_id": {"$in": list(alert_ids)}, "state": "waiting"}
        changes = {"$set": {"state": "mailed", "mail": mail_id}}
        return (await self._all.update_many(wanted, changes, tx=tx)).modified

    async def in_mail(self, mail_id: str) -> list[Document]:
        """What a mail tells."""
        return await self._all.find({"state": "mailed", "mail": mail_id}, sort=("at", "_id"))


def _of(login: str, brands: Sequence[str], operator: bool) -> Document:
    return {"login": login, "brand_id": {"$in": [*brands, *([PLATFORM] if operator else [])]}}
