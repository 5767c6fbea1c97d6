"""The brake: when message after message fails, for several brands, the fault is ours and not the messages'."""

from collections.abc import Sequence
from typing import Any

import structlog

from shared.metrics import BUS_BRAKED
from shared.mongo.database import Database

IN_A_ROW = 20
BRANDS = 3

log = structlog.get_logger(__name__)


class Braked(Exception):
    """The topic has been stopped: what is left of the batch waits."""


class Brake:
    """Stops a topic for a group after `in_a_row` failures of at least three brands (or all there, if fewer).

    The state is a row of `brakes`, so it survives a restart; a new `version` of the service starts without it.
    """

    def __init__(self, database: Database, group: str, version: str, in_a_row: int = IN_A_ROW) -> None:
        self._rows = database.system("brakes")
        self._group = group
        self._version = version
        self._in_a_row = in_a_row
        self._failed: dict[str, list[str]] = {}  # topic → brands of the failures in a row
        self._seen: dict[str, set[str]] = {}  # topic → up to three brands that were ever met there
        self.pulled: set[str] = set()

    async def refresh(self) -> None:
        """Takes over what the rows say: another replica may have pulled, an operator may have released."""
        rows = await self._rows.find({"group": self._group})
        for row in rows:
            self._seen.setdefault(row["topic"], set()).update(row["brands"])
        pulled = {row["topic"] for row in rows if row.get("version") == self._version}
        for topic in self.pulled ^ pulled:
            self._failed.pop(topic, None)
            BUS_BRAKED.labels(topic, self._group).set(topic in pulled)
            log.warning("brake", topic=topic, group=self._group, pulled=topic in pulled)
        self.pulled = pulled

    async def met(self, topic: str, brands: Sequence[str]) -> None:
        """These brands are in the topic. Three are remembered, for that is all the rule asks."""
        seen = self._seen.setdefault(topic, set())
        if len(seen) >= BRANDS:
            return
        new = [brand for brand in dict.fromkeys(brands) if brand and brand not in seen]
        if not new:
            return
        seen.update(new[: BRANDS - len(seen)])
        await self._write(topic, {"$addToSet": {"brands": {"$each": sorted(seen)}}})

    def handled(self, topic: str) -> None:
        """A message of the topic went well: the row of failures is broken."""
        self._failed.pop(topic, None)

    async def failed(self, topic: str, brand: str, reason: str) -> None:
        """A message was set aside because it fails. Raises `Braked` where that makes one too many."""
        failed = self._failed.setdefault(topic, [])
        failed.append(brand)
        enough = min(BRANDS, max(1, len(self._seen.get(topic, ()))))
        if len(failed) < self._in_a_row or len(set(failed)) < enough:
            return
        await self._write(topic, {"$set": {"version": self._version, "reason": reason[:500]}})
        await self.refresh()
        raise Braked(topic)

    async def _write(self, topic: str, update: dict[str, Any]) -> None:
        row: dict[str, Any] = {"group": self._group, "topic": topic}
        if "$addToSet" not in update:
            row["brands"] = []
        await self._rows.update({"_id": f"{self._group}:{topic}"}, {"$setOnInsert": row, **update}, upsert=True)


async def release(database: Database, group: str | None = None, topic: str | None = None) -> int:
    """Lets go of the brakes of a service, or those of one group or topic; how many were held."""
    rows, told = database.system("brakes"), {"group": group, "topic": topic}
    where: dict[str, Any] = {field: value for field, value in told.items() if value is not None}
    where["version"] = {"$exists": True}
    return (await rows.update_many(where, {"$unset": {"version": "", "reason": ""}})).modified
