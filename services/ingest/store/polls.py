"""Each channel's reading: its cursor, when it is due, what finished polls cover, what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.ingest.domain.completeness import Span
from shared.events.console.channel_changed import ChannelChanged
from shared.mongo.database import Database
from shared.mongo.indexes import Index
from shared.mongo.operations import UpdateOne

LEASE_SECONDS = 120
STORED = (
    "carried",
    "total",
    "failures",
    "problem",
    "token",
    "last_poll_at",
    "backfill_done",
    "backfill_total",
    "backfill_finished",
    "codes",
    "codes_at",
)
NEXT_FENCE = {"$add": ["$fence", 1]}


@dataclass(frozen=True, slots=True)
class Poll:
    """One channel's reading. `fence` is this claim's number: a late holder's result is dropped.

    `carried`: marks of what the pages of a reading under way saw that covers nothing yet; None: too many to keep.
    """

    channel_id: str
    brand_id: str
    cursor: Mapping[str, Any]
    fence: int
    covered: Sequence[Span] = ()
    carried: Sequence[str] | None = ()
    total: int | None = None
    failures: int = 0
    problem: str = ""
    token: str = "unknown"  # noqa: S105 - a state, not a secret
    last_poll_at: datetime | None = None
    backfill_done: int = 0
    backfill_total: int = 0
    backfill_finished: bool = False
    codes: Mapping[str, int] = field(default_factory=dict)
    codes_at: datetime | None = None


class Polls:
    """The `polls` collection; only loops and operators' commands touch it."""

    def __init__(self, database: Database) -> None:
        self._rows = database.system("polls", Index("next_at"))  # system: loops read channels of all brands

    async def expect(self, channels: Sequence[ChannelChanged]) -> None:
        """There is a row for each. A channel connected anew is read from its beginning, a renewed token tried now."""
        born = {"generation": -1, "renewal": 0, "cursor": {}, "fence": 0}
        await self._rows.bulk(
            [
                UpdateOne({"_id": one.channel_id}, {"$setOnInsert": {"brand_id": one.brand_id, **born}}, upsert=True)
                for one in channels
            ]
        )
        await self._rows.bulk([_reconnected(one) for one in channels])
        await self._rows.bulk([_renewed(one) for one in channels])

    async def due(self, channel_ids: Sequence[str], limit: int) -> list[Poll]:
        """The readings of these channels that are due by the database's clock, the longest due first."""
        rows = await self._rows.find(
            {"_id": {"$in": list(channel_ids)}, "$expr": {"$lte": ["$next_at", "$$NOW"]}}, sort="next_at", limit=limit
        )
        return [_poll(row) for row in rows]

    async def take_back(self, instance: str) -> None:
        """What an earlier process of this name held when it ended is due now, not when its lease runs out."""
        free = {"next_at": "$$NOW", "claimant": "", "fence": NEXT_FENCE}
        await self._rows.update_many({"claimant": instance}, [{"$set": free}])

    async def claim(self, polls: Sequence[Poll], token: str, instance: str = "") -> list[Poll]:
        """Take these for `LEASE_SECONDS`; those that another replica took are left out."""
        if not polls:
            return []
        taken = {"claim": token, "claimant": {"$literal": instance}, "fence": NEXT_FENCE}
        taken["next_at"] = _in_seconds(LEASE_SECONDS)
        await self._rows.bulk(
            [UpdateOne({"_id": one.channel_id, "fence": one.fence}, [{"$set": taken}]) for one in polls]
        )
        rows = await self._rows.find({"_id": {"$in": [one.channel_id for one in polls]}, "claim": token})
        return [_poll(row) for row in rows]

    async def finish(self, poll: Poll, after: float, **changes: Any) -> bool:
        """Store what this claim learnt and when to read again; False where another claim came since."""
        stored = {name: {"$literal": value} for name, value in changes.items()}
        result = await self._rows.update(
            {"_id": poll.channel_id, "fence": poll.fence},
            [{"$set": {**stored, "next_at": _in_seconds(after), "claimant": ""}}],
        )
        return result.matched == 1

    async def learn_codes(self, channel_id: str, codes: Mapping[str, int]) -> None:
        """What the channel's own server allows, as it said just now."""
        await self._rows.update(
            {"_id": channel_id}, [{"$set": {"codes": {"$literal": dict(codes)}, "codes_at": "$$NOW"}}]
        )

    async def due_now(self, channel_id: str) -> bool:
        """Read this channel as soon as possible; a reading under way began too early and does not count."""
        result = await self._rows.update({"_id": channel_id}, [{"$set": {"next_at": "$$NOW", "fence": NEXT_FENCE}}])
        return result.matched == 1

    async def start_over(self, channel_id: str) -> bool:
        """Read this channel from its beginning again (a backfill), whatever a reading under way learns."""
        result = await self._rows.update({"_id": channel_id}, [{"$set": _from_the_beginning()}])
        return result.matched == 1

    async def all(self, channel_ids: Sequence[str]) -> list[Poll]:
        """The readings of these channels."""
        return [_poll(row) for row in await self._rows.find({"_id": {"$in": list(channel_ids)}})]


def _in_seconds(seconds: float) -> dict[str, Any]:
    return {"$add": ["$$NOW", round(seconds * 1000)]}


def _reconnected(channel: ChannelChanged) -> UpdateOne:
    fresh = {"generation": channel.generation, "renewal": channel.renewal, **_from_the_beginning()}
    return UpdateOne({"_id": channel.channel_id, "generation": {"$lt": channel.generation}}, [{"$set": fresh}])


def _renewed(channel: ChannelChanged) -> UpdateOne:
    same = {"_id": channel.channel_id, "generation": channel.generation, "renewal": {"$lt": channel.renewal}}
    fresh = {"renewal": channel.renewal, "next_at": "$$NOW", "failures": 0}
    return UpdateOne(same, [{"$set": fresh}])


def _from_the_beginning() -> dict[str, Any]:
    return {
        "cursor": {"$literal": {}},
        "next_at": "$$NOW",
        "fence": NEXT_FENCE,
        "covered": [],
        "carried": [],
        "backfill_done": 0,
        "backfill_total": 0,
        "backfill_finished": False,
        "failures": 0,
        "problem": "",
        "token": "unknown",
        "codes_at": None,
    }


def _poll(row: dict[str, Any]) -> Poll:
    return Poll(
        channel_id=row["_id"],
        brand_id=row["brand_id"],
        cursor=row["cursor"],
        fence=row["fence"],
        covered=[(start, end) for start, end in row.get("covered", [])],
        **{name: row[name] for name in STORED if name in row},
    )
