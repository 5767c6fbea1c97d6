"""Objects whose state is unclear: a loop asks the network for each by its id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from shared.mongo.database import Database
from shared.mongo.indexes import Index
from shared.mongo.operations import UpdateOne

SHORTEST_MS, LONGEST_MS = 30_000, 6 * 3_600_000  # a claim: longer than one reading takes, then doubled each time
DOUBLINGS = 12


class Asked(Protocol):
    """What must be known of an object to ask for it."""

    @property
    def interaction_id(self) -> str: ...
    @property
    def brand_id(self) -> str: ...
    @property
    def channel_id(self) -> str: ...
    @property
    def place(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Reread:
    """One object to read again. `asked` counts how often somebody wanted that, `attempts` how often it was tried."""

    interaction_id: str
    brand_id: str
    channel_id: str
    network: str
    external_id: str
    extra: dict[str, str]
    attempts: int
    asked: int


class Rereads:
    """The `rereads` collection; only the loop that works it off reads it."""

    def __init__(self, database: Database) -> None:
        self._rows = database.system("rereads", Index("due_at"))  # system: a loop works it off

    async def ask(self, objects: Sequence[Asked]) -> None:
        """Have these objects read again soon (once, however often asked before it happens)."""
        await self._rows.bulk(
            [
                UpdateOne(
                    {"_id": one.interaction_id},
                    [
                        {
                            "$set": {
                                "brand_id": one.brand_id,
                                "channel_id": one.channel_id,
                                "place": {"$literal": dict(one.place)},
                                "asked": {"$add": [{"$ifNull": ["$asked", 0]}, 1]},
                                "attempts": {"$ifNull": ["$attempts", 0]},
                                "due_at": {"$ifNull": ["$due_at", "$$NOW"]},
                            }
                        }
                    ],
                    upsert=True,
                )
                for one in objects
            ]
        )

    async def due(self, limit: int, not_networks: Sequence[str] = (), not_channels: Sequence[str] = ()) -> list[Reread]:
        """What is due by the database's clock, the longest due first; nothing of what has no room now."""
        rows = await self._rows.find(
            {
                "place.network": {"$nin": list(not_networks)},
                "channel_id": {"$nin": list(not_channels)},
                "$expr": {"$lte": ["$due_at", "$$NOW"]},
            },
            sort="due_at",
            limit=limit,
        )
        return [_reread(row) for row in rows]

    async def claim(self, reread: Reread) -> Reread | None:
        """Take one; None where another replica did. Unless `done`, it is due again later and later."""
        doubled = {"$multiply": [5_000, {"$pow": [2, {"$min": ["$attempts", DOUBLINGS]}]}]}
        pause = {"$max": [SHORTEST_MS, {"$min": [LONGEST_MS, doubled]}]}
        row = await self._rows.find_and_update(
            {"_id": reread.interaction_id, "attempts": reread.attempts},
            [{"$set": {"attempts": {"$add": ["$attempts", 1]}, "due_at": {"$add": ["$$NOW", pause]}}}],
        )
        return None if row is None else _reread(row)

    async def done(self, reread: Reread) -> None:
        """It was read; where somebody asked meanwhile, that reading may have been too early, and it is read again."""
        if await self._rows.delete({"_id": reread.interaction_id, "asked": reread.asked}) == 0:
            await self._rows.update(
                {"_id": reread.interaction_id, "attempts": reread.attempts},
                [{"$set": {"attempts": 0, "due_at": "$$NOW"}}],
            )

    async def forget(self, reread: Reread) -> None:
        """Nobody can read it."""
        await self._rows.delete({"_id": reread.interaction_id})


def _reread(row: dict[str, Any]) -> Reread:
    place = row["place"]
    return Reread(
        row["_id"],
        row["brand_id"],
        row["channel_id"],
        place["network"],
        place["external_id"],
        place["extra"],
        row["attempts"],
        row["asked"],
    )
