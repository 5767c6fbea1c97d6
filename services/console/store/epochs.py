"""How often this store was restored: its numbers compare as (epoch, number)."""

from shared.mongo.database import Database


class Epochs:
    """The `epochs` collection, one document that `parvis epoch raise` writes."""

    def __init__(self, database: Database) -> None:
        self._rows = database.system("epochs")  # system: one row a store, of no brand

    async def current(self) -> int:
        """As it is now."""
        row = await self._rows.get({"_id": "epoch"})
        return 0 if row is None else int(row["value"])
