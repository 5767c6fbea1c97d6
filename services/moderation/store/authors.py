"""`authors`: for whom a person took something down, and when (strikes)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.moderation.domain.wish import PERSON
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

    async def follow(self, case: dict[str, Any], hidden_by: str, at: datetime, *, tx: Transaction) -> None:
        """After an act on the case: a strike where a person keeps its text down now (`hidden_by`), otherwise none."""
        where, strike = {"_id": case["author_id"], "brand_id": case["brand_id"]}, f"strikes.{case['_id']}"
        if hidden_by == PERSON:
            await self._rows.update(where, {"$set": {strike: at}}, upsert=True, tx=tx)
        else:
            await self._rows.update(where, {"$unset": {strike: ""}}, tx=tx)
