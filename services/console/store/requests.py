"""What was asked about whole brands: by whom, why, and what each service answered. Outlives the brand itself."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from services.console.store.directory import DirectoryStore, UnknownBrand
from shared.bus.envelope import Outgoing
from shared.errors import NotFound
from shared.events.console.erasure_asked import ErasureAsked
from shared.events.console.export_asked import ExportAsked
from shared.events.console.tenant import Answered
from shared.mongo.indexes import Index
from shared.mongo.operations import Document

if TYPE_CHECKING:
    from shared.mongo.database import Database
    from shared.mongo.transactions import Transaction

KINDS = {"erasure": ErasureAsked, "export": ExportAsked}


class Requests:
    """One row a request. The brand is in `brand` and not in `brand_id`: these rows are not the brand's own data."""

    def __init__(self, database: "Database", directory: DirectoryStore) -> None:
        self._database = database
        self._directory = directory
        self._rows = database.system("requests", Index(("brand", "kind")))  # system: they stay when the brand is gone

    async def ask(self, kind: str, brand_id: str, request_id: str, by: str, why: str, now: datetime) -> Document:
        """State the request. Before an erasure the directory forgets the brand, so that nothing more is taken in.

        A brand whose erasure was asked already has that one. Raises `NotFound`.
        """
        event = KINDS[kind](brand_id=brand_id, request_id=request_id, by=by, why=why, at=now)
        row = {"_id": request_id, "kind": kind, "brand": brand_id, "by": by, "why": why, "asked_at": now, "answers": []}

        async def work(tx: "Transaction") -> Document:
            if kind == "erasure":
                await self._directory.remove_brand(brand_id, tx)
            elif await self._directory.brand(brand_id) is None:
                raise UnknownBrand(brand_id)
            await self._rows.insert(dict(row), tx=tx)
            tx.emit(Outgoing.first(event, now=now))
            return row

        try:
            return await self._database.transact(work)
        except UnknownBrand:
            known = await self._rows.find({"brand": brand_id, "kind": "erasure"}, sort="-asked_at", limit=1)
            if not known or kind != "erasure":
                raise NotFound(f"no brand {brand_id}") from None
            return known[0]

    async def learn(self, asked: ErasureAsked) -> None:
        """A request that a restored store does not know while Kafka does: it is kept, and the directory forgets."""
        if await self._rows.get({"_id": asked.request_id}, ["_id"]) is None:
            told = {name: getattr(asked, name) for name in ("by", "why")}
            row = {"_id": asked.request_id, "kind": "erasure", "brand": asked.brand_id, "asked_at": asked.at, **told}
            await self._database.transact(partial(self._forget, {**row, "answers": []}))

    async def repeat(self) -> None:
        """Ask again for what a restore has brought back after it had been erased."""
        now = await self._database.now()
        for row in await self._rows.find({"kind": "erasure", "again": True}):
            await self._database.transact(partial(self._repeat, row, now))

    async def _repeat(self, row: Document, now: datetime, tx: "Transaction") -> None:
        about = {"brand_id": row["brand"], "request_id": row["_id"], "by": row["by"], "why": row["why"]}
        await self._forget({name: value for name, value in row.items() if name != "again"} | {"asked_at": now}, tx)
        tx.emit(Outgoing.first(ErasureAsked(**about, at=now), now=now))

    async def _forget(self, row: Document, tx: "Transaction") -> None:
        with suppress(UnknownBrand):
            await self._directory.remove_brand(row["brand"], tx)
        await self._rows.replace({"_id": row["_id"]}, row, upsert=True, tx=tx)

    async def get(self, brand_id: str, request_id: str) -> Document:
        """One request with its answers. Raises `NotFound`."""
        row = await self._rows.get({"_id": request_id, "brand": brand_id})
        if row is None:
            raise NotFound(f"no request {request_id} about this brand")
        return row

    async def erased(self, brand_ids: Collection[str]) -> set[str]:
        """Those of these brands whose erasure was asked."""
        rows = await self._rows.find({"brand": {"$in": sorted(brand_ids)}, "kind": "erasure"}, projection=["brand"])
        return {row["brand"] for row in rows}

    async def answered(self, answer: Answered) -> None:
        """A service is done; the same answer again changes nothing."""
        told = {"service": answer.service, "counts": answer.counts, "at": answer.at}
        where = {"_id": answer.request_id, "answers.service": {"$ne": answer.service}}
        await self._rows.update(where, {"$push": {"answers": told}})
