"""Counters count once: a batch's increments and the offset it reached are one transaction.

A group's offset in Kafka may be older (a crash) or another member's (a zombie); the `progress` row is the truth.
"""

import structlog

from shared.bus.offsets import Place
from shared.mongo.database import Database
from shared.mongo.transactions import Transaction

log = structlog.get_logger(__name__)


class Superseded(Exception):
    """Another consumer has moved this partition's progress: what was counted here is undone."""


class Progress:
    """The `progress` rows of one group on one Kafka cluster: {group, cluster, topic, partition, offset}."""

    def __init__(self, database: Database, group: str) -> None:
        self._rows = database.system("progress")
        self._group = group
        self._cluster = ""
        self._reached: dict[Place, int] = {}

    async def place(self, cluster: str, begins: dict[Place, int], ends: dict[Place, int]) -> dict[Place, int]:
        """Where to read on: the row's offset; the topic's beginning where there is none or the topic is another."""
        self._cluster = cluster
        found = await self._rows.find({"_id": {"$in": [self._id(place) for place in begins]}})
        offsets = {row["_id"]: int(row["offset"]) for row in found}
        self._reached = {}
        for place, begin in begins.items():
            offset = offsets.get(self._id(place))
            if offset is None or not begin <= offset <= ends[place]:
                await self._restart(place, offset, begin)
                offset = begin
            self._reached[place] = offset
        return dict(self._reached)

    def reached(self, place: Place) -> int:
        """The offset that this process last knew."""
        return self._reached[place]

    async def advance(self, place: Place, offset: int, tx: Transaction) -> None:
        """Moves on within the counters' transaction. Raises `Superseded` where somebody else has moved it."""
        old = self._reached[place]
        where, update = {"_id": self._id(place), "offset": old}, {"$set": {"offset": max(old, offset)}}
        if (await self._rows.update(where, update, tx=tx)).matched == 0:
            raise Superseded(f"{place} is no longer at {old}")

    def advanced(self, place: Place, offset: int) -> None:
        """The transaction was committed."""
        self._reached[place] = max(self._reached[place], offset)

    async def _restart(self, place: Place, known: int | None, begin: int) -> None:
        if known is not None:
            log.warning("progress lies outside the topic: counting from its beginning", place=place, known=known)
        topic, partition = place
        row = {"group": self._group, "cluster": self._cluster, "topic": topic, "partition": partition}
        where = {"_id": self._id(place)} | ({} if known is None else {"offset": known})
        update = {"$set": row | {"offset": begin}} if known is not None else {"$setOnInsert": row | {"offset": begin}}
        await self._rows.update(where, update, upsert=known is None)

    def _id(self, place: Place) -> str:
        return f"{self._group}:{self._cluster}:{place[0]}:{place[1]}"
