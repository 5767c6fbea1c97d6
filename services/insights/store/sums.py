"""Counters, exact and never in each other's way: one document a key and partition, summed on read.

`changes` of all parts together only rises, so that it is the number under which the sum is stated.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.insights.domain.differences import Difference
from shared.mongo.database import Database
from shared.mongo.indexes import Index
from shared.mongo.operations import UpdateOne
from shared.mongo.transactions import Transaction


@dataclass(frozen=True, slots=True)
class Sum:
    """One counter over all its parts."""

    key: str
    brand_id: str
    about: Mapping[str, Any]
    words: Counter[str]
    changes: int
    first_at: datetime
    last_at: datetime


class Sums:
    """A collection of counters."""

    def __init__(self, database: Database, name: str) -> None:
        self._parts = database.brand(name, Index(("key",)), Index(("changed_at",)))
        self._all = database.system(name)  # system: the loops that state what changed do so for all brands

    async def add(self, differences: Sequence[Difference], partition: str, tx: Transaction) -> None:
        """Add what facts of one partition changed; only its consumer writes these documents."""
        await self._parts.bulk([_increment(one, partition) for one in differences], tx=tx)

    async def changed_since(self, moment: datetime) -> list[tuple[str, str]]:
        """(brand, key) of each counter that changed since then."""
        group = {"$group": {"_id": "$key", "brand_id": {"$first": "$brand_id"}}}
        rows = await self._all.aggregate([{"$match": {"changed_at": {"$gte": moment}}}, group])
        return [(row["brand_id"], row["_id"]) for row in rows]

    async def of(self, pairs: Iterable[tuple[str, str]], *, tx: Transaction | None = None) -> dict[str, Sum]:
        """The sums of (brand, key), by key."""
        wanted = list(pairs)
        brands, keys = sorted({brand for brand, _ in wanted}), [key for _, key in wanted]
        rows = await self._parts.find({"key": {"$in": keys}, "brand_id": {"$in": brands}}, tx=tx)
        parts: dict[str, list[Mapping[str, Any]]] = {}
        for row in rows:
            parts.setdefault(row["key"], []).append(row)
        return {key: _sum(key, rows) for key, rows in parts.items()}


def _increment(one: Difference, partition: str) -> UpdateOne:
    increments = {f"words.{word}": n for word, n in one.changes().items()}
    update = {
        "$inc": {**increments, "changes": 1},
        "$min": {"first_at": min(one.moments)},
        "$max": {"last_at": max(one.moments)},
        "$currentDate": {"changed_at": True},
        "$setOnInsert": {"key": one.key, "about": dict(one.about), "partition": partition},
    }
    return UpdateOne({"_id": f"{one.key}|{partition}", "brand_id": one.brand_id}, update, upsert=True)


def _sum(key: str, parts: Sequence[Mapping[str, Any]]) -> Sum:
    words: Counter[str] = Counter()
    for part in parts:
        words.update(_flat(part.get("words", {})))
    return Sum(
        key=key,
        brand_id=parts[0]["brand_id"],
        about=parts[0]["about"],
        words=Counter({word: n for word, n in words.items() if n}),
        changes=sum(part["changes"] for part in parts),
        first_at=min(part["first_at"] for part in parts),
        last_at=max(part["last_at"] for part in parts),
    )


def _flat(words: Mapping[str, Any], prefix: str = "") -> dict[str, int]:
    """`{"moods": {"positive": 2}}` as `{"moods.positive": 2}`."""
    found: dict[str, int] = {}
    for name, value in words.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = value
    return found
