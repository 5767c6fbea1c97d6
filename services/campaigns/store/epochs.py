"""How often this store was restored: what is stated after a restore beats what was stated before."""

from dataclasses import dataclass
from datetime import datetime

from shared.mongo.database import Database


@dataclass(frozen=True, slots=True)
class Epoch:
    """The store's epoch, and when it was raised (None: never)."""

    value: int = 0
    raised_at: datetime | None = None


class Epochs:
    """The `epochs` collection, one document that `parvis epoch raise` writes."""

    def __init__(self, database: Database) -> None:
        self._rows = database.system("epochs")  # system: one row a store, of no brand

    async def current(self) -> Epoch:
        """As it is now."""
        row = await self._rows.get({"_id": "epoch"})
        return Epoch() if row is None else Epoch(row["value"], row["raised_at"])
