"""`authors`: for whom a person took something down, and when (strikes)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared.mongo.database import Database
from shared.mongo.transactions import Transaction


class Authors:
    """One document an author who has a strike; a case is one strike however often it is decided."""

    def __init__(self, database: Database) -> None:
        self._rows = database.brand("authors")

    async def strikes(self, brands: Sequence[str], authors: Sequence[str], since: datetime) -> dict[str, int]:
        """How many strikes each author has since then; those without any are left out."""
        rows = await self._rows.find({"_id": {"$in": authors}, "brand_id": {"$in": brands}})
        return {row["_id"]: sum(1 for at in row["strikes"].values() if at >= since) for row in rows}

    async def strike(self, case: dict[str, Any], at: datetime, *, tx: Transaction) -> None:
        """The case's author had something taken down."""
        await self._write(case, {"$set": {f"strikes.{case['_id']}": at}}, tx)

    async def forgive(self, case: dict[str, Any], *, tx: Transaction) -> None:
        """It was taken back."""
        await self._write(case, {"$unset": {f"strikes.{case['_id']}": ""}}, tx)

    async def _write(self, case: dict[str, Any], update: dict[str, Any], tx: Transaction) -> None:
        where = {"_id": case["author_id"], "brand_id": case["brand_id"]}
        await self._rows.update(where, update, upsert="$set" in update, tx=tx)
