"""Who did what, and what the networks did of it: rows are added, never changed, and linked into a chain a brand."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.audit import link
from shared.mongo.indexes import Index
from shared.mongo.operations import Document, InsertOne, UpdateOne

if TYPE_CHECKING:
    from shared.mongo.database import Database
    from shared.mongo.transactions import Transaction

AT_ONCE = 200
PAGE = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows: by whom, which acts (their beginning), of which days. `before` goes on from an older page."""

    person: str = ""
    act: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Audit:
    """`auditLog` holds what people read, `auditChain` the links and `auditHeads` the last link of each brand."""

    def __init__(self, database: "Database") -> None:
        self._database = database
        indexes = Index(("brand_id", "-at")), Index(("brand_id", "about", "-at"))
        self._log = database.brand("auditLog", *indexes)
        waiting = Index(("linked", "at"), partial={"linked": False}, name="to_link")
        self._all = database.system("auditLog", waiting)  # system: one loop links the rows of all brands
        self._chain = database.brand("auditChain", Index(("brand_id", "n"), unique=True))
        self._heads = database.brand("auditHeads")

    async def add(
        self,
        brand_id: str,
        act: str,
        *,
        act_id: str,
        person: str,
        about: str,
        at: datetime,
        details: dict[str, Any] | None = None,
        tx: "Transaction | None" = None,
    ) -> None:
        """One act. `about` is what it was done to; `details` holds no secret and no text of a stranger."""
        row = {"_id": act_id, "brand_id": brand_id, "act": act, "person": person, "about": about, "at": at}
        await self.add_all([{**row, "details": details or {}}], tx=tx)

    async def add_all(self, rows: Sequence[Document], *, tx: "Transaction | None" = None) -> None:
        """Many at once; a row that is there already, by its id, stays as it is."""
        fresh = [{**row, "salt": secrets.token_hex(16), "linked": False} for row in rows]
        await self._log.bulk([_once(row) for row in fresh], tx=tx)

    async def about(self, brand_id: str, about: str, limit: int = 50) -> list[Document]:
        """What was done to one thing, the latest first."""
        return await self._log.find({"brand_id": brand_id, "about": about}, sort=("-at",), limit=limit)

    async def page(self, brand_ids: Sequence[str], asked: Asked) -> list[Document]:
        """What was done at these brands, the latest first; one more than a page where there is more."""
        wanted: dict[str, Any] = {"brand_id": {"$in": list(brand_ids)}}
        if asked.person:
            wanted["person"] = asked.person
        if asked.act:
            wanted["act"] = {"$gte": f"{asked.act}.", "$lt": f"{asked.act}/"}  # "/" comes right after "."
        times = {name: value for name, value in (("$gte", asked.since), ("$lt", asked.until)) if value}
        if times:
            wanted["at"] = times
        return await self._log.find(wanted, sort=("-at", "_id"), limit=PAGE + 1)

    async def people(self, brand_ids: Sequence[str]) -> list[str]:
        """Who ever did anything there."""
        return [one for one in await self._log.distinct("person", {"brand_id": {"$in": list(brand_ids)}}) if one]

    async def link_waiting(self) -> bool:
        """Link what was added since, in the order of its time; whether there may be more. For one writer at a time;
        what another linked meanwhile all the same is left out."""
        rows = await self._all.find({"linked": False}, sort=("at", "_id"), limit=AT_ONCE)
        by_brand: dict[str, list[Document]] = {}
        for row in rows:
            by_brand.setdefault(row["brand_id"], []).append(row)
        for brand_id, some in by_brand.items():

            async def work(tx: "Transaction", brand_id: str = brand_id, some: Sequence[Document] = some) -> None:
                await self._link(tx, brand_id, some)

            await self._database.transact(work)
        return len(rows) == AT_ONCE

    async def _link(self, tx: "Transaction", brand_id: str, rows: Sequence[Document]) -> None:
        of_brand, ids = {"_id": brand_id, "brand_id": brand_id}, [row["_id"] for row in rows]
        rows = await self._log.find(
            {"brand_id": brand_id, "_id": {"$in": ids}, "linked": False}, sort=("at", "_id"), tx=tx
        )
        if not rows:
            return
        head = await self._heads.get(of_brand, tx=tx) or {"n": 0, "digest": ""}
        links = []
        for row in rows:
            made = link(row, head["n"] + 1, head["digest"])
            links.append({"_id": f"{brand_id}:{made['n']}", **made})
            head = made
        await self._chain.bulk([InsertOne(one) for one in links], tx=tx)
        newest = {"n": head["n"], "digest": head["digest"]}
        await self._heads.update(of_brand, {"$set": newest}, upsert=True, tx=tx)
        mark = {"$set": {"linked": True}}
        await self._log.bulk([UpdateOne(_of(row), mark) for row in rows], tx=tx)


def chain_of_agency(agency_id: str) -> str:
    """The log of what concerns an agency's people, beside those of its brands; no brand has such an id."""
    return f"agency:{agency_id}"


def _of(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"_id": row["_id"], "brand_id": row["brand_id"]}


def _once(row: Document) -> UpdateOne:
    rest = {name: value for name, value in row.items() if name not in ("_id", "brand_id")}
    return UpdateOne(_of(row), {"$setOnInsert": rest}, upsert=True)
