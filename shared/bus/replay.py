"""Brings dead messages back, to the service that gave them up and to no other."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.bus.parking import KEPT_DAYS, collection
from shared.mongo.database import Database


@dataclass(frozen=True, slots=True)
class Selection:
    """Which dead rows: all that match every word given. `event` is a class's name, `error` a part of the text."""

    group: str | None = None
    topic: str | None = None
    brand: str | None = None
    event: str | None = None
    error: str | None = None
    since: datetime | None = None

    def where(self) -> dict[str, Any]:
        """The filter on parked rows."""
        where: dict[str, Any] = {"state": "dead"}
        plain = {"group": self.group, "topic": self.topic, "brand_id": self.brand}
        where |= {field: value for field, value in plain.items() if value is not None}
        if self.event is not None:
            where["type"] = {"$regex": rf"\.{re.escape(self.event)}\.v\d+$"}
        if self.error is not None:
            where["error"] = {"$regex": re.escape(self.error), "$options": "i"}
        if self.since is not None:
            where["updated_at"] = {"$gte": self.since}
        return where


@dataclass(frozen=True, slots=True)
class Replayed:
    """`too_old` were refused: the marks that keep an effect from happening twice live as long as 30 days."""

    found: int
    too_old: int


async def replay(
    database: Database, selection: Selection, *, with_effects: bool = False, dry_run: bool = True
) -> Replayed:
    """Sets dead rows to be tried now by their service, as messages that carry the mark of a replay.

    Without `with_effects` what they cause carries it too, and nothing older than 24 h acts on the world.
    """
    rows, where = collection(database), selection.where()
    now = await database.now()
    oldest = int((now - timedelta(days=KEPT_DAYS)).timestamp() * 1000)
    young = where | {"timestamp_ms": {"$gte": oldest}}
    found, replayable = await rows.count(where), await rows.count(young)
    if not dry_run:
        update = {"state": "parked", "tries": 0, "first_at": now, "next_at": now, "reason": "replayed"}
        untried = {"claimed": False, "unended": 0}  # what ended processes may have been mended since
        await rows.update_many(young, {"$set": update | untried | {"replayed": not with_effects}})
    return Replayed(found, found - replayable)


async def parked_rows(database: Database, where: dict[str, Any], limit: int = 100) -> list[dict[str, Any]]:
    """Rows for a person to look at, the latest first, without their bytes."""
    fields = ("group", "topic", "partition", "offset", "type", "brand_id", "state", "reason", "error", "tries")
    shown = [*fields, "first_at", "next_at", "updated_at"]
    return await collection(database).find(where, sort=("-updated_at",), limit=limit, projection=shown)
