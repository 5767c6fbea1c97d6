"""Keys with which a brand's other systems call `/api/v1`: only their digests are stored."""

import hashlib
import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from shared.mongo.indexes import Index
from shared.mongo.operations import Document

if TYPE_CHECKING:
    from shared.mongo.database import Database

PREFIX = "prv_"


class BrandKeys:
    """The keys of each brand."""

    def __init__(self, database: "Database") -> None:
        self._rows = database.brand("brandKeys", Index(("brand_id", "created_at")))

    async def make(self, brand_id: str, name: str, person: str, now: datetime) -> str:
        """A new key, told this once."""
        key = PREFIX + secrets.token_urlsafe(32)
        row = {"_id": digest(key), "brand_id": brand_id, "name": name, "person": person, "created_at": now}
        await self._rows.insert(row)
        return key

    async def find(self, brand_id: str, key: str) -> Document | None:
        """Whose key this is; None where it opens nothing of this brand."""
        return await self._rows.get({"_id": digest(key), "brand_id": brand_id})

    async def of(self, brand_id: str) -> list[Document]:
        """Those of a brand, the oldest first."""
        return await self._rows.find({"brand_id": brand_id}, sort="created_at")

    async def revoke(self, brand_id: str, key_id: str) -> bool:
        """It opens nothing any more; whether there was such a one."""
        return await self._rows.delete({"_id": key_id, "brand_id": brand_id}) > 0


def digest(key: str) -> str:
    """What is stored of a key with 256 bits of chance: its SHA-256."""
    return hashlib.sha256(key.encode()).hexdigest()
