"""`gates`: what stands in the way of each brand's ads, one document a brand."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.campaigns.domain.gate import Gate
from shared.events.insights.parts import CrisisFact
from shared.holds import shut_by
from shared.mongo.database import Database
from shared.mongo.operations import UpdateOne
from shared.mongo.transactions import Transaction

SPEND = "spend"


class Gates:
    """Of each brand's crises, and of what is told of its holds, the higher number wins."""

    def __init__(self, database: Database) -> None:
        self._rows = database.brand("gates")

    async def crisis(self, facts: Sequence[CrisisFact], suspected: bool) -> None:
        """A crisis is suspected, or has eased."""
        await self._keep([_crisis(fact, suspected) for fact in facts])

    async def keep(self, told: Sequence[Mapping[str, Any]]) -> None:
        """A brand's whole list of open holds: {brand_id, epoch, seq, holds}."""
        await self._keep([_told(one) for one in told])

    async def of(self, brand_id: str, *, tx: Transaction | None = None) -> Gate:
        """What stands in the way now."""
        row = await self._rows.get({"_id": brand_id, "brand_id": brand_id}, tx=tx) or {}
        return Gate(row.get("held", False), row.get("crisis", False), row.get("learning", False))

    async def told(self, brand_ids: Sequence[str]) -> list[dict[str, Any]]:
        """What is known of these brands' holds: {brand_id, epoch, seq, shut}."""
        rows = await self._rows.find({"brand_id": {"$in": list(brand_ids)}, "hold_no": {"$exists": True}})
        return [
            {"brand_id": row["_id"], "epoch": row["hold_no"][0], "seq": row["hold_no"][1], "shut": row["shut"]}
            for row in rows
        ]

    async def _keep(self, updates: Sequence[UpdateOne]) -> None:
        if (await self._rows.bulk(updates)).duplicates:  # another replica made a row in the same moment
            await self._rows.bulk(updates)


def _crisis(fact: CrisisFact, suspected: bool) -> UpdateOne:
    told = {"crisis": suspected, "learning": fact.learning}
    return _newer(fact.brand_id, "crisis_no", [fact.epoch, fact.seq], told)


def _told(one: Mapping[str, Any]) -> UpdateOne:
    shut = shut_by(one["holds"])
    return _newer(one["brand_id"], "hold_no", [one["epoch"], one["seq"]], {"held": SPEND in shut, "shut": shut})


def _newer(brand_id: str, family: str, number: list[int], told: Mapping[str, Any]) -> UpdateOne:
    newer = {"$gt": [{"$literal": number}, f"${family}"]}
    merged = {"$cond": [newer, {"$mergeObjects": ["$$ROOT", {"$literal": {**told, family: number}}]}, "$$ROOT"]}
    return UpdateOne({"_id": brand_id, "brand_id": brand_id}, [{"$replaceWith": merged}], upsert=True)
