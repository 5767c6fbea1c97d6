"""Mails: what one person is told at one time. At most one attempt may ever reach the network without an answer."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from services.console.store.alerts import Alerts
from shared.errors import Conflict
from shared.mongo.indexes import Index
from shared.mongo.operations import Document

if TYPE_CHECKING:
    from shared.mongo.database import Database
    from shared.mongo.transactions import Transaction

KEPT_SECONDS = 30 * 86_400
GIVEN_UP = timedelta(minutes=5)  # far longer than an attempt may take: whoever was sending is gone
SHOWN = 20


class Mails:
    """The `alertMails` collection. `state` is waiting, sending, sent, failed (refused for good, or too late), empty
    (nothing was left to tell), or unknown: a process or a connection ended between the mail and the answer."""

    def __init__(self, database: "Database", alerts: Alerts) -> None:
        aged, due = Index("created_at", ttl_seconds=KEPT_SECONDS), Index(("state", "next_at"))
        self._database = database
        self._alerts = alerts
        self._mails = database.system("alertMails", aged, due)  # system: a mail tells of several brands
        self._choices = database.system("alertChoices")  # system: when a person was last mailed
        self._relay = database.system("alertRelay")  # system: how the mail server is

    async def gather(self, login: str, to: str, alert_ids: list[str], mail_id: str, now: datetime) -> bool:
        """One mail of these alerts; False, and nothing done, where another process has taken any of them."""
        mail = {"_id": mail_id, "login": login, "to": to, "state": "waiting", "attempts": 0, "why": ""}

        async def work(tx: "Transaction") -> None:
            if await self._alerts.bind(alert_ids, mail_id, tx) != len(alert_ids):
                raise Conflict()
            await self._mails.insert({**mail, "next_at": now, "created_at": now}, tx=tx)
            await self._choices.update({"_id": login}, {"$set": {"mailed_at": now}}, upsert=True, tx=tx)

        try:
            await self._database.transact(work)
        except Conflict:
            return False
        return True

    async def claim(self, now: datetime) -> Document | None:
        """The mail that is due longest, marked `sending` before a byte leaves: no other process gets it."""
        wanted = {"state": "waiting", "next_at": {"$lte": now}}
        changes = {"$set": {"state": "sending", "sending_at": now}, "$inc": {"attempts": 1}}
        return await self._mails.find_and_update(wanted, changes, sort=("next_at",))

    async def conclude(self, mail: Document, state: str, why: str = "", next_at: datetime | None = None) -> None:
        """What came of the attempt."""
        changes = {"state": state, "why": why, "next_at": next_at or mail["next_at"]}
        await self._mails.update(
            {"_id": mail["_id"], "state": "sending", "attempts": mail["attempts"]}, {"$set": changes}
        )

    async def give_up(self, now: datetime) -> None:
        """Those that a process was sending when it ended: nobody knows whether they left, and nothing repeats them."""
        wanted = {"state": "sending", "sending_at": {"$lt": now - GIVEN_UP}}
        changes = {"state": "unknown", "why": "the process ended while it was sent"}
        await self._mails.update_many(wanted, {"$set": changes})

    async def again(self, mail_id: str, now: datetime) -> bool:
        """An operator has it sent after all, under the same Message-ID; False where there is nothing to repeat."""
        wanted = {"_id": mail_id, "state": {"$in": ["unknown", "failed"]}}
        changes = {"state": "waiting", "next_at": now, "created_at": now}
        return (await self._mails.update(wanted, {"$set": changes})).modified == 1

    async def troubled(self) -> list[Document]:
        """Those that a person should know of, the latest first."""
        wanted = {"$or": [{"state": {"$in": ["unknown", "failed"]}}, {"state": "waiting", "attempts": {"$gt": 0}}]}
        return await self._mails.find(wanted, sort=("-created_at",), limit=SHOWN)

    async def relay(self) -> Document:
        """How the mail server is: `failures` in a row, `why`, `next_at` until which it is left alone."""
        return await self._relay.get({"_id": "smtp"}) or {"failures": 0, "why": "", "next_at": None}

    async def relay_is(self, failures: int, why: str, next_at: datetime | None) -> None:
        """Keep it."""
        changes = {"failures": failures, "why": why, "next_at": next_at}
        await self._relay.update({"_id": "smtp"}, {"$set": changes}, upsert=True)
