"""How often this store was restored; what is stated after a restore beats what was stated before."""

import time

from shared.mongo.database import Database

FRESH_SECONDS = 1.0


class Epochs:
    """The `epochs` collection, one document that `parvis epoch raise` writes; read at most once a second."""

    def __init__(self, database: Database) -> None:
        self._rows = database.system("epochs")  # system: one row a store, of no brand
        self._value = 0
        self._read_at = float("-inf")

    async def current(self) -> int:
        """The epoch, a second old at most."""
        if time.monotonic() - self._read_at > FRESH_SECONDS:
            row = await self._rows.get({"_id": "epoch"})
            self._value, self._read_at = (row["value"] if row else 0), time.monotonic()
        return self._value
