"""Messages set aside: rows in the service's own database, tried again later, or dead until somebody replays them."""

import hashlib
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.bus.message import Message
from shared.errors import ParvisError, Reject, Retry, UnknownOwner
from shared.metrics import BUS_DEAD, BUS_PARKED
from shared.mongo.collections import SystemCollection
from shared.mongo.database import Database
from shared.mongo.indexes import Index
from shared.mongo.transactions import Transaction
from shared.redaction import redact_text

DELAYS = (10.0, 60.0, 600.0, 3600.0)  # seconds until each further try; then dead
UNKNOWN_EVERY, UNKNOWN_FOR = 5.0, 60.0  # seconds: a brand or channel that nobody knows yet
CLAIM_MS = 60_000  # a claimed row that its process never finished is tried again after this
KEPT_DAYS = 30
INDEXES = (
    Index(("group", "state", "next_at")),
    Index(("group", "topic", "partition", "offset")),
    Index("done_at", ttl_seconds=KEPT_DAYS * 86_400),
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """What becomes of a message that failed. `after` is None for a dead one; `counted`: one of its further tries."""

    reason: str
    after: float | None
    counted: bool = False


def judge(error: Exception, tries: int, waited: float, delays: tuple[float, ...] = DELAYS) -> Sentence:
    """The sentence after `tries` further tries that counted, `waited` seconds after it was first set aside."""
    if isinstance(error, Retry):
        return Sentence("retry", error.after)
    if isinstance(error, Reject):
        return Sentence("rejected", None)
    if isinstance(error, UnknownOwner):
        return Sentence("unknown", UNKNOWN_EVERY if waited < UNKNOWN_FOR else None)
    return Sentence("failed", delays[tries] if tries < len(delays) else None, counted=True)


def collection(database: Database) -> SystemCollection:
    """The parked rows of a service, of all its groups."""
    return database.system("parked", *INDEXES)


class Parking:
    """The rows of one group. A message has one row, however often it is met: its id is its place and content.

    `has_new`: something was set aside here since the rows were counted.
    """

    def __init__(self, database: Database, group: str, delays: tuple[float, ...] = DELAYS) -> None:
        self.database = database
        self.rows = collection(database)
        self._group = group
        self._delays = delays
        self.has_new = False

    async def set_aside(self, message: Message, error: Exception, *, tx: Transaction | None = None) -> Sentence:
        """Stores a message that failed; the caller may then go on. A row that is there already stays as it is."""
        now = await self.database.now()
        sentence = judge(error, 0, 0.0, self._delays)
        row = self._describe(message) | _state(sentence, error, now) | {"tries": 0, "first_at": now}
        await self.rows.update({"_id": self.id_of(message)}, {"$setOnInsert": row}, upsert=True, tx=tx)
        self.has_new = True
        self._tell(message.topic, sentence)
        return sentence

    async def claim(self, closed: set[str]) -> dict[str, Any] | None:
        """A row whose time has come, so that no other process takes it; never of a topic in `closed`.

        `unended` counts the claims in a row whose process never said how they ended.
        """
        due: dict[str, Any] = {"group": self._group, "state": "parked", "$expr": {"$lte": ["$next_at", "$$NOW"]}}
        if closed:
            due["topic"] = {"$nin": sorted(closed)}
        unended = {"$add": [{"$ifNull": ["$unended", 0]}, {"$cond": [{"$eq": ["$claimed", True]}, 1, 0]}]}
        claim = {"next_at": {"$add": ["$$NOW", CLAIM_MS]}, "unended": unended, "claimed": True}
        return await self.rows.find_and_update(due, [{"$set": claim}], sort=("next_at",))

    async def done(self, row: dict[str, Any], *, tx: Transaction | None = None) -> bool:
        """The message was handled after all. False where another process has seen to it."""
        update = {"$set": {"state": "done", "claimed": False}, "$currentDate": {"done_at": True}}
        ended = await self.rows.update({"_id": row["_id"], "state": "parked"}, update, tx=tx)
        return ended.matched == 1

    async def again(self, row: dict[str, Any], error: Exception) -> Sentence:
        """It failed again."""
        now = await self.database.now()
        waited = (now - row["first_at"]).total_seconds()
        sentence = judge(error, row["tries"] + 1, waited, self._delays)
        update = {
            "$set": _state(sentence, error, now) | {"claimed": False, "unended": 0},
            "$inc": {"tries": int(sentence.counted)},
        }
        await self.rows.update({"_id": row["_id"], "state": "parked"}, update)
        if sentence.after is None:
            self._tell(row["topic"], sentence)
        return sentence

    async def postpone(self, row: dict[str, Any]) -> None:
        """An engine is away: the claim is given back, where it is still this one, and nothing is counted."""
        now, claim = await self.database.now(), {name: row[name] for name in ("_id", "next_at")}
        await self.rows.update(claim | {"state": "parked"}, {"$set": {"next_at": now, "claimed": False}})

    async def known(self, messages: Sequence[Message], *, tx: Transaction | None = None) -> set[str]:
        """The ids of those (of one partition, in order) that were set aside before and are seen to here."""
        first, last = messages[0], messages[-1]
        where = {"group": self._group, "topic": first.topic, "partition": first.partition}
        span = {"offset": {"$gte": first.offset, "$lte": last.offset}}
        return {row["_id"] for row in await self.rows.find(where | span, projection=["_id"], tx=tx)}

    async def counts(self) -> dict[str, int]:
        """How many rows are parked, and how many dead."""
        self.has_new = False
        where = {"group": self._group, "state": {"$in": ["parked", "dead"]}}
        found = await self.rows.aggregate([{"$match": where}, {"$group": {"_id": "$state", "count": {"$sum": 1}}}])
        return {"parked": 0, "dead": 0} | {row["_id"]: row["count"] for row in found}

    def id_of(self, message: Message) -> str:
        """Group, position, and a digest: a topic that was made anew has other messages at the same positions."""
        digest = hashlib.sha256(b"\0".join((message.key or b"", message.value or b""))).hexdigest()[:16]
        return f"{self._group}:{message.topic}:{message.partition}:{message.offset}:{digest}"

    def _describe(self, message: Message) -> dict[str, Any]:
        return {
            "group": self._group,
            "topic": message.topic,
            "partition": message.partition,
            "offset": message.offset,
            "key": message.key,
            "value": message.value,
            "headers": [[name, value] for name, value in message.headers.items()],
            "timestamp_ms": message.timestamp_ms,
            "type": message.type,
            "brand_id": message.brand or None,
            "replayed": message.replayed,
        }

    def _tell(self, topic: str, sentence: Sentence) -> None:
        metric = BUS_DEAD if sentence.after is None else BUS_PARKED
        metric.labels(topic, self._group, sentence.reason).inc()


def message_of(row: dict[str, Any]) -> Message:
    """The message as it was set aside."""
    return Message(
        topic=row["topic"],
        partition=row["partition"],
        offset=row["offset"],
        key=row["key"],
        value=row["value"],
        headers=dict(row["headers"]),
        timestamp_ms=row["timestamp_ms"],
        type=row["type"],
        brand=row["brand_id"] or "",
        replayed=row["replayed"],
    )


def _state(sentence: Sentence, error: Exception, now: datetime) -> dict[str, Any]:
    told = "".join(traceback.format_exception(error))
    state: dict[str, Any] = {
        "state": "dead" if sentence.after is None else "parked",
        "reason": sentence.reason,
        "error": redact_text(f"{type(error).__name__}: {error}")[:500],
        "trace": "" if isinstance(error, ParvisError) else redact_text(told)[-3000:],
        "updated_at": now,
    }
    if sentence.after is not None:
        state["next_at"] = now + timedelta(seconds=sentence.after)
    return state
