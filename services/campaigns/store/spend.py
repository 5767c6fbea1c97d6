"""`spend`: what each arm's hour came to, as the ad network told it last."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from shared.mongo.database import Database
from shared.mongo.indexes import Index
from shared.mongo.operations import ReplaceOne
from shared.mongo.transactions import Transaction
from shared.networks.advertising import Figures

Row = dict[str, Any]
COUNTS = ("spend", "impressions", "clicks", "conversions")


class Spend:
    """One document an arm's hour; the higher number wins, so that sums are exact however often a report comes."""

    def __init__(self, database: Database) -> None:
        self._rows = database.brand("spend", Index(("brand_id", "campaign_id", "hour")))

    async def learn(self, brand_id: str, campaign_id: str, figures: Sequence[Figures], *, tx: Transaction) -> list[Row]:
        """Keep what is newer; those rows."""
        about = {"brand_id": brand_id, "campaign_id": campaign_id}
        newest: dict[str, Figures] = {}
        for one in sorted(figures, key=lambda one: one.number):
            newest[_key(campaign_id, one)] = one
        known = await self._rows.find({"brand_id": brand_id, "_id": {"$in": list(newest)}}, tx=tx)
        numbers = {row["_id"]: row["number"] for row in known}
        fresh = {key: one for key, one in newest.items() if one.number > numbers.get(key, 0)}
        operations = [
            ReplaceOne({"_id": key, "brand_id": brand_id}, {"_id": key, **about, **asdict(one)}, upsert=True)
            for key, one in fresh.items()
        ]
        await self._rows.bulk(operations, tx=tx)
        return [asdict(one) for one in fresh.values()]

    async def total(
        self, brand_id: str, campaign_id: str, *, before: datetime | None = None, tx: Transaction | None = None
    ) -> int:
        """Cents in all, or of the hours before a moment."""
        wanted: Row = {"brand_id": brand_id, "campaign_id": campaign_id}
        wanted |= {"hour": {"$lt": before}} if before else {}
        sums = {"$group": {"_id": None, "spend": {"$sum": "$spend"}}}
        found = await self._rows.aggregate([{"$match": wanted}, sums], tx=tx)
        return int(found[0]["spend"]) if found else 0

    async def by_arm(self, brand_id: str, campaign_id: str, *, tx: Transaction) -> dict[str, dict[str, int]]:
        """Each arm's sums over all its hours."""
        sums = {"$group": {"_id": "$arm", **{name: {"$sum": f"${name}"} for name in COUNTS}}}
        found = await self._rows.aggregate(
            [{"$match": {"brand_id": brand_id, "campaign_id": campaign_id}}, sums], tx=tx
        )
        return {row["_id"]: {name: int(row[name]) for name in COUNTS} for row in found}


def _key(campaign_id: str, one: Figures) -> str:
    return f"{campaign_id}|{one.arm}|{one.hour:%Y-%m-%dT%H}"
