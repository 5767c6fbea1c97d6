"""One person's data in a service's store: blanked or removed when console asks for it, and swept again for 30 days.

What a service keeps of people it says as `Trace`s. Where a late event could bring something back, the trace leaves a
tombstone that refuses it.
"""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.bus.envelope import Outgoing
from shared.errors import NotFound
from shared.events.console.data_erased import DataErased
from shared.events.console.person_erasure_asked import PersonErasureAsked
from shared.loops import Loop
from shared.mongo.collections import SystemCollection
from shared.mongo.database import Database
from shared.mongo.deadline import patience
from shared.mongo.indexes import Index
from shared.mongo.transactions import Transaction
from shared.tenants import EVERY, SCAN_SECONDS, Row, swept

OWN = "personRequests"
PART = 20  # rows looked through at once


@dataclass(frozen=True, slots=True)
class Person:
    """Whose data: all that console knew them to have said, and what else they said up to then."""

    brand_id: str
    person_id: str
    interactions: Sequence[str]
    until: datetime


Finder = Callable[[Person], Awaitable[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Trace:
    """Where something of a person is kept: `where` finds it among the brand's; `change` blanks it, None removes it."""

    collection: str
    where: Callable[[Person], Mapping[str, Any]]
    change: Callable[[Person], Any] | None = None


class Persons:
    """The requests of one service. `files` finds the ids of a person's files, `marks` by which words else than our ids
    a message that was set aside tells of them; both are asked before anything is erased."""

    def __init__(
        self, database: Database, traces: Sequence[Trace], files: Finder | None = None, marks: Finder | None = None
    ) -> None:
        self._database = database
        self._rows = database.system(OWN, Index(("state", "next_at")))
        self._traces, self._files, self._marks = traces, files, marks

    async def keep(self, asked: PersonErasureAsked) -> None:
        """The request, once however often it comes; `loop` works it off."""
        named = {name: getattr(asked, name) for name in ("brand_id", "request_id", "person_id", "interactions", "part")}
        row = {**named, "asked_at": asked.at, "state": "asked", "sweeps": 0}
        row_id = {"_id": f"{asked.request_id}:{asked.part}"}
        if await self._rows.get(row_id, ["_id"]) is None:
            await self._rows.update(row_id, {"$setOnInsert": row, "$currentDate": {"next_at": True}}, upsert=True)

    def loop(self) -> Loop:
        """What works the requests off."""
        return Loop("persons", EVERY, self.work, lease="persons")

    async def work(self) -> bool:
        """The request that is due longest, whole; whether there was one."""
        due = {"state": {"$in": ["asked", "done"]}, "$expr": {"$lte": ["$next_at", "$$NOW"]}}
        for row in await self._rows.find(due, sort="next_at", limit=1):
            now = await self._database.now()
            with patience(SCAN_SECONDS):
                counts = await self._erase(
                    Person(row["brand_id"], row["person_id"], row["interactions"], row["asked_at"])
                )
            await self._end(row, counts, now)
            return True
        return False

    async def _erase(self, person: Person) -> dict[str, int]:
        """How many documents were changed or removed, by collection, and files."""
        erased: Counter[str] = Counter()
        marks = [person.person_id, *person.interactions, *(await self._marks(person) if self._marks else ())]
        for file_id in await self._files(person) if self._files else ():
            with suppress(NotFound):
                await self._database.files.delete(person.brand_id, file_id)
                erased["files"] += 1
        for trace in self._traces:
            rows, where = self._database.system(trace.collection), {"brand_id": person.brand_id, **trace.where(person)}
            if trace.change is None:
                erased[trace.collection] += await rows.delete(where)
            else:
                erased[trace.collection] += (await rows.update_many(where, trace.change(person))).modified
        await self._forget_in_machinery(person.brand_id, [one.encode() for one in marks])
        return dict(+erased)

    async def _forget_in_machinery(self, brand_id: str, marks: Sequence[bytes]) -> None:
        """Messages that were set aside, and what repeated commands would be answered."""
        parked, commands = self._database.system("parked"), self._database.system("commands")
        async for told in _parts(parked, brand_id, "value"):
            await parked.delete(_naming(told, marks))
        async for told in _parts(commands, brand_id, "body"):
            await commands.update_many(_naming(told, marks), {"$set": {"body": {}}})

    async def _end(self, row: Row, counts: dict[str, int], now: datetime) -> None:
        """The answer leaves with the state, and only the first time."""
        service = self._database.source.removeprefix("/")
        answer = DataErased(
            brand_id=row["brand_id"], request_id=row["request_id"], service=service, counts=counts, at=now
        )

        async def ended(tx: Transaction) -> None:
            await self._rows.update({"_id": row["_id"]}, {"$set": swept(row, now)}, tx=tx)
            if row["state"] == "asked" and row["part"] == 0:
                tx.emit(Outgoing.first(answer, now=now))

        await self._database.transact(ended)


async def _parts(rows: SystemCollection, brand_id: str, field: str) -> AsyncIterator[dict[str, bytes]]:
    """A field of all rows of a brand, a few at a time: there may be thousands, of megabytes each."""
    where: dict[str, Any] = {"brand_id": brand_id}
    while found := await rows.find(where, sort="_id", limit=PART, projection=[field]):
        yield {row["_id"]: _text(row[field]) for row in found}
        where["_id"] = {"$gt": found[-1]["_id"]}


def _text(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value or "").encode()


def _naming(told: Mapping[str, bytes], marks: Sequence[bytes]) -> dict[str, Any]:
    return {"_id": {"$in": [one for one, value in told.items() if any(mark in value for mark in marks)]}}
