"""A whole brand's data in a service's store: erased, or written down for handing out, when console asks for it.

A request is a row, worked off slice by slice by whichever process holds the lease: a killed one's work goes on.
"""

import gzip
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import orjson

from shared.bus.envelope import Outgoing
from shared.errors import Duplicate
from shared.events.console.data_erased import DataErased
from shared.events.console.data_exported import DataExported
from shared.events.console.tenant import Asked
from shared.events.topics import DIRECTORY, REQUESTS
from shared.loops import Loop
from shared.mongo.database import Database
from shared.mongo.deadline import patience
from shared.mongo.indexes import Index
from shared.mongo.transactions import Transaction
from shared.redaction import without_secrets

ERASURE, EXPORT = "erasure", "export"
A_TURN = 2_000  # documents of a collection
EVERY = 2.0
SCAN_SECONDS = 120.0  # a collection without an index on its brand is read whole
SWEEPS = (10.0, 60.0, 600.0, 3600.0)  # seconds: what was under way when the brand was erased arrives within these
DAY = timedelta(days=1)
SWEPT_FOR = timedelta(days=REQUESTS.retention_days)
HANDED_OUT_FOR = timedelta(days=7)
OWN = "tenantRequests"
# What the floor keeps about messages and commands is erased, and is nobody's data to be handed out.
MACHINERY = frozenset({"outbox", "parked", "commands", "attempts", "brakes", "personRequests", OWN})

Row = dict[str, Any]


class Tenants:
    """The requests of one service. Its brands' documents are those with a `brand_id`, in whatever collection."""

    def __init__(self, database: Database, kept_back: frozenset[str] = frozenset()) -> None:
        self._database = database
        self._rows = database.system(OWN, Index(("state", "next_at")))
        self._kept_back = MACHINERY | kept_back

    async def keep(self, asked: Asked, kind: str) -> None:
        """The request, once however often it comes; `loop` works it off."""
        row = {"kind": kind, "brand": asked.brand_id, "state": "asked", "asked_at": asked.at, "counts": {}, "sweeps": 0}
        update = {"$setOnInsert": row, "$currentDate": {"next_at": True}}
        known = await self._rows.get({"_id": asked.request_id})
        if known is None:
            await self._rows.update({"_id": asked.request_id}, update, upsert=True)

    def loop(self) -> Loop:
        """What works the requests off."""
        return Loop("tenants", EVERY, self.work, lease="tenants")

    async def work(self) -> bool:
        """One slice of the request that is due longest; whether there was one."""
        due = {"state": {"$in": ["asked", "done"]}, "$expr": {"$lte": ["$next_at", "$$NOW"]}}
        found = await self._rows.find(due, sort="next_at", limit=1)
        if not found:
            return False
        (row,) = found
        with patience(SCAN_SECONDS):
            if row["kind"] == ERASURE:
                await self._erase(row)
            elif row["state"] == "asked":
                await self._export(row)
            else:
                await self._take_back(row)
        return True

    async def _erase(self, row: Row) -> None:
        erased = await self._round(row["brand"])
        if erased:
            await self._rows.update({"_id": row["_id"]}, {"$inc": {f"counts.{name}": n for name, n in erased.items()}})
            return
        await self._end(row, swept(row, await self._database.now()))

    async def _round(self, brand_id: str) -> Counter[str]:
        """Up to `A_TURN` documents of each collection; what was erased."""
        erased: Counter[str] = Counter()
        for name in await self._collections():
            rows = self._database.system(name)
            found = await rows.find({"brand_id": brand_id}, limit=A_TURN, projection=["_id"])
            erased[name] = await rows.delete({"_id": {"$in": [one["_id"] for one in found]}}) if found else 0
        for file in await self._database.files.of(brand_id, limit=A_TURN // 10):
            await self._database.files.delete(brand_id, file.id)
            erased["files"] += 1
        await self._forget_in_machinery(brand_id)
        return +erased

    async def _forget_in_machinery(self, brand_id: str) -> None:
        """Events that have not left, save those that tell of the erasure itself; brands that a brake remembers."""
        ours = {"$elemMatch": {"$eq": ["ce_brandid", brand_id.encode()]}}
        await self._database.system("outbox").delete(
            {"headers": ours, "topic": {"$nin": [REQUESTS.name, DIRECTORY.name]}}
        )
        await self._database.system("brakes").update_many({"brands": brand_id}, {"$pull": {"brands": brand_id}})

    async def _export(self, row: Row) -> None:
        """One piece of one collection; each has a name of its own, so that one written twice is written once."""
        names = [name for name in await self._collections() if name not in self._kept_back]
        place = row.get("place") or {"names": names, "after": None, "piece": 0}
        if not place["names"]:
            await self._end_export(row)
            return
        name, piece = place["names"][0], place["piece"]
        where = {"brand_id": row["brand"]} | ({} if place["after"] is None else {"_id": {"$gt": place["after"]}})
        found = await self._database.system(name).find(where, sort="_id", limit=A_TURN)
        if found:
            await self._write(row, name, piece, found)
            place = {"names": place["names"], "after": found[-1]["_id"], "piece": piece + 1}
        else:
            place = {"names": place["names"][1:], "after": None, "piece": 0}
        counted = {"$inc": {f"counts.{name}": len(found)}} if found else {}
        await self._rows.update({"_id": row["_id"]}, {"$set": {"place": place}, **counted})

    async def _end_export(self, row: Row) -> None:
        """The brand's files stay where they are, and are fetched from there; here is what is known about them."""
        files = await self._database.files.of(row["brand"], request_id="")
        if files:
            row["counts"]["files"] = len(files)
            about = [{"_id": one.id, "name": one.name, "length": one.length, **one.metadata} for one in files]
            await self._write(row, "files", 0, about)
        now = await self._database.now()
        await self._end(row, {"state": "done", "next_at": now + HANDED_OUT_FOR, "counts": row["counts"]})

    async def _write(self, row: Row, name: str, piece: int, documents: list[Row]) -> None:
        lines = (orjson.dumps(without_secrets(one), default=str, option=orjson.OPT_APPEND_NEWLINE) for one in documents)
        content, file_id = gzip.compress(b"".join(lines), 4), f"{row['_id']}:{name}:{piece:06d}"
        with suppress(Duplicate):
            put = self._database.files.put
            await put(row["brand"], f"{name}.jsonl.gz", content, {"request_id": row["_id"]}, file_id=file_id)

    async def _take_back(self, row: Row) -> None:
        """What was put ready is not kept for ever."""
        for file in await self._database.files.of(row["brand"], request_id=row["_id"]):
            await self._database.files.delete(row["brand"], file.id)
        await self._rows.update({"_id": row["_id"]}, {"$set": {"state": "over"}})

    async def _end(self, row: Row, changes: Row) -> None:
        """The answer leaves with the state, and only the first time."""
        now = await self._database.now()
        said = DataErased if row["kind"] == ERASURE else DataExported
        counts = changes.get("counts", row["counts"])
        service = self._database.source.removeprefix("/")
        answer = said(brand_id=row["brand"], request_id=row["_id"], service=service, counts=counts, at=now)

        async def ended(tx: Transaction) -> None:
            await self._rows.update({"_id": row["_id"]}, {"$set": changes}, tx=tx)
            if row["state"] == "asked":
                tx.emit(Outgoing.first(answer, now=now))

        await self._database.transact(ended)

    async def _collections(self) -> list[str]:
        """Those that may hold a brand's documents; files and the outbox have ways of their own."""
        return [name for name in await self._database.names() if not name.startswith(("fs.", "system.", "restoring."))]


def swept(row: Row, now: datetime) -> Row:
    """What changes in a request's row after a sweep: when the next one is due, or that it is over."""
    sweeps = row["sweeps"]
    after = timedelta(seconds=SWEEPS[sweeps]) if sweeps < len(SWEEPS) else DAY
    over = now + after > row["asked_at"] + SWEPT_FOR
    return {"state": "over" if over else "done", "next_at": now + after, "sweeps": sweeps + 1}
