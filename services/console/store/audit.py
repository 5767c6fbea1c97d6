"""Who did what: rows are added, never changed."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.mongo.indexes import Index
from shared.mongo.operations import Document

if TYPE_CHECKING:
    from shared.mongo.database import Database
    from shared.mongo.transactions import Transaction


class Audit:
    """The log of people's acts on one brand."""

    def __init__(self, database: "Database") -> None:
        self._log = database.brand("auditLog", Index(("brand_id", "-at")), Index(("brand_id", "about", "-at")))

    async def add(
        self,
        brand_id: str,
        act: str,
        *,
        act_id: str,
        person: str,
        about: str,
        at: datetime,
        details: dict[str, Any] | None = None,
        tx: "Transaction | None" = None,
    ) -> None:
        """One act. `about` is what it was done to; `details` holds no secret and no text of a stranger."""
        row = {"_id": act_id, "brand_id": brand_id, "act": act, "person": person, "about": about, "at": at}
        await self._log.insert({**row, "details": details or {}}, tx=tx)

    async def about(self, brand_id: str, about: str, limit: int = 50) -> list[Document]:
        """What was done to one thing, the latest first."""
        return await self._log.find({"brand_id": brand_id, "about": about}, sort=("-at",), limit=limit)
