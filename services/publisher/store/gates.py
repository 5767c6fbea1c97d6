"""What is shut, a brand: written by console's call and by its events, read before anything leaves."""

from collections.abc import Sequence
from typing import Any

from shared.holds import shut_by
from shared.mongo.database import Database
from shared.mongo.indexes import Index
from shared.mongo.operations import UpdateOne

Gate = dict[str, Any]


class Gates:
    """The `gates` collection, one row a brand that was ever held. A row is {brand_id, epoch, seq, holds, shut}."""

    def __init__(self, database: Database) -> None:
        self._rows = database.brand("gates")
        self._all = database.system("gates", Index(("shut",)))  # system: loops send for all brands

    async def keep(self, told: Sequence[Gate]) -> None:
        """Take each brand's whole list of open holds where its (epoch, seq) is above the known one."""
        refused = await self._rows.bulk([_newer(one) for one in told])
        if (
            refused.duplicates
        ):  # known already, or another replica made the row in the same moment: seen the second time
            await self._rows.bulk([_newer(one) for one in told])

    async def of(self, brand_ids: Sequence[str]) -> list[Gate]:
        """The gates of these brands; a brand that was never held has none."""
        return await self._rows.find({"brand_id": {"$in": list(brand_ids)}})

    async def is_shut(self, brand_id: str, step: str) -> bool:
        """Whether this step of the brand is shut now."""
        gate = await self._rows.get({"_id": brand_id, "brand_id": brand_id}, projection={"shut": 1})
        return gate is not None and step in gate["shut"]

    async def shut(self, *steps: str) -> dict[str, list[str]]:
        """For each of these steps, the brands of which it is shut now."""
        rows = await self._all.find({"shut": {"$in": list(steps)}}, projection={"shut": 1})
        return {step: [row["_id"] for row in rows if step in row["shut"]] for step in steps}


def _newer(told: Gate) -> UpdateOne:
    epoch, seq = told["epoch"], told["seq"]
    older = [{"epoch": {"$lt": epoch}}, {"epoch": epoch, "seq": {"$lt": seq}}]
    stored = {"epoch": epoch, "seq": seq, "holds": list(told["holds"]), "shut": shut_by(told["holds"])}
    where = {"_id": told["brand_id"], "brand_id": told["brand_id"], "$or": older}
    return UpdateOne(where, {"$set": stored, "$currentDate": {"updated_at": True}}, upsert=True)
