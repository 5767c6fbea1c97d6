"""Where an agency's other systems are told of alerts, and the calls that do it. No secret is stored."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from services.console.domain.alerts import put_off
from shared.events.ids import derive
from shared.mongo.indexes import Index
from shared.mongo.operations import Document, InsertOne

if TYPE_CHECKING:
    from shared.mongo.database import Database

KEPT_SECONDS = 30 * 86_400
A_TURN = 20
CLAIMED = timedelta(minutes=2)  # a hook that is being served is nobody else's for so long
PATIENCE = timedelta(days=3)  # of failures alone
LISTED = ("active", "disabled")
_WAITING = {"state": "waiting"}


class Hooks:
    """`alertHooks`, one document a hook ({agency_id, url, kinds, state, generation of its secret, failures in a row,
    next_at}), and `alertCalls`, one for each hook and cause."""

    def __init__(self, database: "Database") -> None:
        aged, due = Index("created_at", ttl_seconds=KEPT_SECONDS), Index(("hook", "created_at"), partial=_WAITING)
        self._hooks = database.system("alertHooks", Index(("agency_id",)))  # system: an agency's, of all its brands
        self._calls = database.brand("alertCalls", aged, due)
        self._all = database.system("alertCalls")  # system: a hook hears of several brands

    async def of(self, agency_id: str) -> list[Document]:
        """Those of an agency, the oldest first."""
        wanted = {"agency_id": agency_id, "state": {"$in": list(LISTED)}}
        return await self._hooks.find(wanted, sort=("created_at", "_id"))

    async def taking(self) -> list[Document]:
        """All that are told now."""
        return await self._hooks.find({"state": "active"})

    async def troubled(self) -> list[Document]:
        """Those that do not take what they are told, of all agencies."""
        failing = {"state": "active", "failures": {"$gt": 0}}
        return await self._hooks.find({"$or": [{"state": "disabled"}, failing]}, sort=("_id",), limit=A_TURN)

    async def add(self, hook: Document) -> None:
        """A new one, active."""
        well = {"state": "active", "generation": 1, "failures": 0, "failing_since": None, "why": "", "next_at": None}
        await self._hooks.insert(hook | well)

    async def change(self, agency_id: str, hook_id: str, act: str) -> Document | None:
        """rotate (a new secret), resume (what was shut) or remove; None where the agency has no such hook."""
        changes: dict[str, Document] = {
            "rotate": {"$inc": {"generation": 1}},
            "resume": {"$set": {"state": "active", "failures": 0, "failing_since": None, "why": "", "next_at": None}},
            "remove": {"$set": {"state": "removed"}},
        }
        wanted = {"_id": hook_id, "agency_id": agency_id, "state": {"$in": list(LISTED)}}
        return await self._hooks.find_and_update(wanted, changes[act])

    async def queue(self, calls: Sequence[Document]) -> None:
        """Those that are not there yet."""
        await self._calls.bulk([InsertOne(dict(one)) for one in calls])

    async def claim(self, now: datetime) -> list[Document]:
        """The hooks for which something waits and which are not left alone just now: ours for a while."""
        waiting = await self._all.distinct("hook", {"state": "waiting"})
        due = {"state": "active", "$or": [{"next_at": None}, {"next_at": {"$lte": now}}]}
        taken = {"$set": {"next_at": now + CLAIMED}}
        found = [await self._hooks.find_and_update({"_id": one, **due}, taken) for one in waiting]
        return [one for one in found if one is not None]

    async def waiting(self, hook_id: str) -> list[Document]:
        """What a hook is to be told, the oldest first."""
        return await self._all.find({"hook": hook_id, "state": "waiting"}, sort=("created_at", "_id"), limit=A_TURN)

    async def conclude(self, call_id: str, state: str, now: datetime) -> None:
        """delivered or expired."""
        await self._all.update({"_id": call_id, "state": "waiting"}, {"$set": {"state": state, "ended_at": now}})

    async def well(self, hook: Document, now: datetime) -> None:
        """It took what it was told, and may be told more."""
        changes = {"failures": 0, "failing_since": None, "why": "", "next_at": now}
        await self._hooks.update({"_id": hook["_id"]}, {"$set": changes})

    async def failing(self, hook: Document, why: str, now: datetime, *, gone: bool = False) -> None:
        """It did not: it is left alone ever longer, and shut where it says so or fails for days."""
        since, failures = hook["failing_since"] or now, hook["failures"] + 1
        shut = gone or now - since > PATIENCE
        changes = {"failures": failures, "failing_since": since, "why": why, "next_at": now + put_off(failures)}
        changes["state"] = "disabled" if shut else "active"
        await self._hooks.update({"_id": hook["_id"], "state": "active"}, {"$set": changes})


def call_of(cause: Document, hook: Document, body: str, now: datetime) -> Document:
    """One cause, one hook, one call."""
    own = {"_id": derive("alert-call", cause["_id"], hook["_id"]), "hook": hook["_id"], "cause": cause["_id"]}
    return own | {"brand_id": cause["brand_id"], "body": body, "state": "waiting", "created_at": now}
