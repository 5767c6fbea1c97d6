"""Events that leave together with the state they tell of: rows of its transaction, published after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bson import ObjectId

from shared.bus.envelope import EncodedMessage
from shared.mongo.collections import SystemCollection
from shared.mongo.indexes import Index
from shared.mongo.operations import Document, UpdateOne

if TYPE_CHECKING:
    from shared.mongo.transactions import Transaction

Listener = Callable[[Sequence["OutboxRow"]], None]


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message waiting to be published. Ids made by one process sort in the order they were made."""

    id: str
    message: EncodedMessage
    not_before: datetime | None = None
    created_at: datetime | None = None

    @classmethod
    def new(cls, message: EncodedMessage, not_before: datetime | None) -> OutboxRow:
        """A row that is not stored yet; the server dates it."""
        return cls(str(ObjectId()), message, not_before)


@dataclass(frozen=True, slots=True)
class Pending:
    """What waits: rows in all, those of them held until their time, and the age of the oldest due one in seconds."""

    count: int
    held: int
    oldest_seconds: float


class Outbox:
    """The rows of one database. A row with `not_before` is *held* until the server's clock has passed it."""

    def __init__(self, rows: SystemCollection) -> None:
        self._rows = rows
        self._listeners: list[Listener] = []

    def on_commit(self, listener: Listener) -> None:
        """Be told of the rows of each transaction that this process commits, those held included."""
        self._listeners.append(listener)

    def announce(self, rows: Sequence[OutboxRow]) -> None:
        """Tell the listeners what was committed."""
        for listener in self._listeners if rows else ():
            listener(rows)

    async def add(self, tx: Transaction, rows: Sequence[OutboxRow]) -> None:
        """Store rows in the transaction of the state they tell of; the server dates them."""
        await self._rows.bulk(
            [
                UpdateOne({"_id": row.id}, {"$set": _stored(row), "$currentDate": {"created_at": True}}, True)
                for row in rows
            ],
            tx=tx,
        )

    async def due(self, limit: int, *, older_than: float = 0.0) -> list[OutboxRow]:
        """The oldest rows that were written at least `older_than` seconds ago, or were held until now.

        Held ones among them are released first: either that write wins or the one of `remove_before_due`.
        """
        await self._rows.update_many(
            {"held": True, "$expr": {"$lte": ["$not_before", "$$NOW"]}}, {"$set": {"held": False}}
        )
        written = {"$lte": ["$created_at", {"$subtract": ["$$NOW", int(older_than * 1000)]}]}
        due = {"held": False, "$or": [{"not_before": {"$ne": None}}, {"$expr": written}]}
        found = await self._rows.find(due, sort=("created_at", "_id"), limit=limit)
        return [_read(row) for row in found]

    async def remove(self, ids: Sequence[str], *, tx: Transaction | None = None) -> int:
        """Forget rows that were published; how many there were."""
        return await self._rows.delete({"_id": {"$in": list(ids)}}, tx=tx) if ids else 0

    async def remove_before_due(self, row_id: str, *, tx: Transaction | None = None) -> bool:
        """Take a held row back while its time is to come by the server's clock. True: it will never leave."""
        still_held = {"_id": row_id, "held": True, "$expr": {"$gt": ["$not_before", "$$NOW"]}}
        return await self._rows.delete(still_held, tx=tx) == 1

    async def is_empty(self) -> bool:
        """Whether nothing waits here, which is usual."""
        return not await self._rows.find({}, projection=["_id"], limit=1)

    async def pending(self) -> Pending:
        """What waits, for the operations page and for alerts."""
        if await self.is_empty():
            return Pending(0, 0, 0.0)
        age = {"milliseconds": {"$subtract": ["$$NOW", "$created_at"]}}
        oldest = await self._rows.find({"held": False}, sort=("created_at",), limit=1, projection=age)
        return Pending(
            await self._rows.count({}),
            await self._rows.count({"held": True}),
            oldest[0]["milliseconds"] / 1000 if oldest else 0.0,
        )

    async def next_due(self) -> datetime | None:
        """The soonest moment at which a held row may leave, by the server's clock."""
        soonest = await self._rows.find({"held": True}, sort=("not_before",), limit=1)
        moment: datetime | None = soonest[0]["not_before"] if soonest else None
        return moment


INDEXES = (Index(("held", "created_at", "_id")), Index(("held", "not_before")))


def _stored(row: OutboxRow) -> Document:
    topic, key, value, headers = row.message
    return {
        "topic": topic,
        "key": key,
        "value": value,
        "headers": [[name, content] for name, content in headers],
        "not_before": row.not_before,
        "held": row.not_before is not None,
    }


def _read(stored: dict[str, Any]) -> OutboxRow:
    headers = [(name, content) for name, content in stored["headers"]]
    message = EncodedMessage(stored["topic"], stored["key"], stored["value"], headers)
    return OutboxRow(stored["_id"], message, stored["not_before"], stored["created_at"])
