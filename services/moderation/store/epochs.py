"""How often this store was restored; numbers stated after a restore beat those stated before."""

from shared.mongo.database import Database


class Epochs:
    """The `epochs` collection, one document that `parvis epoch raise` writes; kept in memory between refreshes."""

    def __init__(self, database: Database) -> None:
        self._rows = database.system("epochs")  # system: one row a store, of no brand
        self.value = 0

    async def refresh(self) -> None:
        """Read it again."""
        row = await self._rows.get({"_id": "epoch"})
        self.value = row["value"] if row else 0
