"""`cases`: what a person must see, with the evidence that was kept before anything was hidden."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.moderation.domain.case import lacks_media
from shared.bell import Bell
from shared.mongo.database import Database
from shared.mongo.indexes import Index
from shared.mongo.operations import InsertOne, UpdateOne
from shared.mongo.transactions import Transaction

Row = dict[str, Any]


class Cases:
    """A case changes by compare-and-set on its `seq`. The loops' methods (`next_media`, `run_out`) see all brands.
    `opened` rings when some were, outside a transaction."""

    def __init__(self, database: Database) -> None:
        self.opened = Bell()
        self._database = database
        self._rows = database.brand(
            "cases",
            Index("media_due", partial={"media_due": {"$type": "date"}}),
            Index("claimed_until", partial={"claimed_until": {"$type": "date"}}),
        )
        self._all = database.system("cases")  # system: loops fetch media and free claims

    async def get(self, brand_id: str, case_id: str, *, tx: Transaction | None = None) -> Row | None:
        """One case."""
        return await self._rows.get({"_id": case_id, "brand_id": brand_id}, tx=tx)

    async def open(self, cases: Sequence[Row]) -> None:
        """New cases with their evidence; one that is there already was written by an earlier try, and stays."""
        await self._rows.bulk([InsertOne(case) for case in cases])
        if cases:
            self.opened.ring()

    async def add(self, case: Row, *, tx: Transaction) -> None:
        """A new case, in a transaction that has found none."""
        await self._rows.insert(dict(case), tx=tx)

    async def change(self, case: Row, update: Mapping[str, Any], *, tx: Transaction) -> Row:
        """The case with `update`, its `seq` as given there; it must still be the one that was read."""
        where = {"_id": case["_id"], "brand_id": case["brand_id"], "seq": case["seq"]}
        changed = await self._rows.find_and_update(where, {"$set": dict(update)}, tx=tx)
        if changed is None:
            raise RuntimeError(f"case {case['_id']} changed inside its own transaction")
        return changed

    async def media_wanted(self, case: Row, seconds: float) -> Row:
        """When a case's media must have come, by the server's clock; nothing where none are missing."""
        if not lacks_media(case):
            return {"media_due": None}
        now = await self._database.now()
        # A fetch under way goes on; its end lets the case go, and what is new here is fetched then.
        after = max(now, case.get("media_after") or now)
        return {"media_due": now + timedelta(seconds=seconds), "media_after": after}

    async def carried_out(self, notes: Sequence[tuple[str, str, Row]]) -> None:
        """What became of actions on the network (brand, case, note); an older note than the known one changes
        nothing."""
        operations = []
        for brand_id, case_id, what in notes:
            newer = [{"carried_out.number": {"$lt": what["number"]}}, {"carried_out": None}]
            where = {"_id": case_id, "brand_id": brand_id, "$or": newer}
            operations.append(UpdateOne(where, {"$set": {"carried_out": what}}))
        await self._rows.bulk(operations)

    async def next_media(
        self, now: datetime, lease: timedelta, not_brands: Sequence[str] = (), instance: str = ""
    ) -> Row | None:
        """A case whose media are to be fetched, of a brand that has room; ours for the time of the lease."""
        free = {"media_due": {"$type": "date"}, "media_after": {"$lte": now}, "brand_id": {"$nin": list(not_brands)}}
        ours = {"media_after": now + lease, "media_by": instance}
        return await self._all.find_and_update(free, {"$set": ours}, sort=("media_due",))

    async def take_back(self, instance: str) -> None:
        """What an earlier process of this name was fetching when it ended is due now, not when its lease runs out."""
        held = {"media_due": {"$type": "date"}, "media_by": instance}
        await self._all.update_many(held, [{"$set": {"media_after": "$$NOW", "media_by": ""}}])

    async def run_out(self, now: datetime, limit: int) -> list[Row]:
        """Cases whose claim has run out."""
        return await self._all.find({"claimed_until": {"$lte": now}, "state": "claimed"}, limit=limit)
