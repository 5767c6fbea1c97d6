"""What was stated last of each counter, and how far the changes have been looked through."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.insights.store.sums import Sum, Sums
from shared.bus.envelope import Outgoing
from shared.events.event import Event
from shared.mongo.database import Database
from shared.mongo.indexes import Index
from shared.mongo.operations import ReplaceOne
from shared.mongo.transactions import Transaction

OVERLAP = timedelta(seconds=15)  # a transaction's time of writing lies at most 5 s before its commit
AT_ONCE = 100
LONG_AGO = timedelta(days=3650)

Say = Callable[[Sum], Event]


class Stated:
    """Totals of a collection of counters: one document a counter, written with the event that states it."""

    def __init__(self, database: Database, name: str, sums: Sums, *indexes: Index) -> None:
        self.rows = database.brand(name, *indexes)
        self._database, self._name, self._sums = database, name, sums
        self._cursors = database.system("cursors")  # system: one row a collection, of no brand

    async def changed(self) -> tuple[list[tuple[str, str]], datetime]:
        """(brand, key) of what may not be stated yet, and the moment up to which that is all."""
        now = await self._database.now()
        row = await self._cursors.get({"_id": self._name})
        since = row["at"] if row else now - LONG_AGO
        return await self._sums.changed_since(since - OVERLAP), now

    async def done(self, until: datetime) -> None:
        """All that had changed until then is stated."""
        await self._cursors.update({"_id": self._name}, {"$set": {"at": until}}, upsert=True)

    async def unstated(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Those whose sum is another than the one stated."""
        sums, known = await self._sums.of(pairs), await self._known(pairs)
        return [(one.brand_id, key) for key, one in sums.items() if one.changes != known.get(key)]

    async def state(self, pairs: Sequence[tuple[str, str]], say: Say, now: datetime) -> None:
        """Totals and events in one transaction, of one reading."""

        async def work(tx: Transaction) -> None:
            sums, known = await self._sums.of(pairs, tx=tx), await self._known(pairs, tx)
            fresh = [one for key, one in sums.items() if one.changes != known.get(key)]
            await self.rows.bulk([_total(one) for one in fresh], tx=tx)
            for one in fresh:
                tx.emit(Outgoing.first(say(one), now=now))

        await self._database.transact(work)

    async def _known(self, pairs: Sequence[tuple[str, str]], tx: Transaction | None = None) -> dict[str, int]:
        brands, keys = sorted({brand for brand, _ in pairs}), [key for _, key in pairs]
        wanted = {"_id": {"$in": keys}, "brand_id": {"$in": brands}}
        return {row["_id"]: row["changes"] for row in await self.rows.find(wanted, projection=["changes"], tx=tx)}


def _total(one: Sum) -> ReplaceOne:
    about = {"_id": one.key, "brand_id": one.brand_id}
    values: Mapping[str, Any] = {**one.about, "changes": one.changes, "last_at": one.last_at}
    return ReplaceOne(about, {**about, **values, "words": _nested(one.words)}, upsert=True)


def _nested(words: Mapping[str, int]) -> dict[str, Any]:
    """`{"moods.positive": 2}` as `{"moods": {"positive": 2}}`."""
    found: dict[str, Any] = {}
    for name, n in words.items():
        family, _, member = name.partition(".")
        if member:
            found.setdefault(family, {})[member] = n
        else:
            found[name] = n
    return found
