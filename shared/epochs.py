"""How often a service's store was restored: what is stated after a restore beats what was stated before."""

import time
from dataclasses import dataclass
from datetime import datetime

from shared.mongo.database import Database

FRESH_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Epoch:
    """The store's epoch, when it was raised (None: never), and after which one what was forgotten was recalled."""

    value: int = 0
    raised_at: datetime | None = None
    recalled: int = 0


class Epochs:
    """The `epochs` collection, one document that `parvis epoch raise` writes. `value`: as it was read last."""

    def __init__(self, database: Database) -> None:
        self._rows = database.system("epochs")  # system: one row a store, of no brand
        self._read_at = float("-inf")
        self.value = 0

    async def current(self) -> Epoch:
        """As it is now."""
        row = await self._rows.get({"_id": "epoch"})
        epoch = Epoch() if row is None else Epoch(row["value"], row["raised_at"], row.get("recalled", 0))
        self.value, self._read_at = epoch.value, time.monotonic()
        return epoch

    async def recalled(self, value: int) -> None:
        """What this restore made the store forget is known again."""
        await self._rows.update({"_id": "epoch"}, {"$max": {"recalled": value}})

    async def recent(self) -> int:
        """A second old at most: for what is stated in batches, many times a second."""
        if time.monotonic() - self._read_at > FRESH_SECONDS:
            await self.current()
        return self.value
