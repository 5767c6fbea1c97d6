"""What the read models say now: of a cause, whether it lasts; of the clock, what became late since the last look."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from services.console.domain.alerts import OLDEST
from shared.mongo.operations import Document

if TYPE_CHECKING:
    from shared.mongo.database import Database

QUARTER = 15  # minutes: what becomes late within one quarter of an hour at one brand is told together
STATES = {"post_failed": "failed", "post_unsettled": "unsettled", "post_stranded": "stranded"}


class Standing:
    """Reads across brands, for the loops that tell people."""

    def __init__(self, database: "Database") -> None:
        self._items = database.system("interactions")  # system: one loop looks after all brands
        self._posts = database.system("posts")  # system: the same
        self._signals = database.system("signals")  # system: the same
        self._channels = database.system("channels")  # system: the same
        self._looks = database.system("alertLooks")  # system: what of the deployment goes on, no brand's data

    async def late(self, brands: Sequence[str], since: datetime, now: datetime) -> list[Document]:
        """For each brand and quarter how many interactions became late in it: past the promise, and seen by us."""
        wanted = {"state": "to_answer", "due_at": {"$lt": now, "$gte": now - OLDEST}}
        return await self._by_quarter(brands, wanted, {"$max": ["$due_at", "$arrived_at", "$case.at"]}, since)

    async def untaken(self, brands: Sequence[str], age: timedelta, since: datetime, now: datetime) -> list[Document]:
        """The same of cases that nobody took within `age`."""
        wanted = {"case.waits": True, "case.state": "open", "opened.at": {"$lt": now - age, "$gte": now - age - OLDEST}}
        old = {"$add": ["$opened.at", int(age.total_seconds() * 1000)]}
        return await self._by_quarter(brands, wanted, {"$max": [old, "$arrived_at"]}, since)

    async def going_on(self, things: Sequence[str], now: datetime) -> dict[str, datetime]:
        """Since when each of these has gone on without a break; what is not named has ended."""
        now = now.replace(microsecond=0)  # as it is read again
        row = await self._looks.get({"_id": "troubles"})
        known = {one["thing"]: one["since"] for one in (row or {}).get("going_on", ())}
        lasting = {thing: known.get(thing, now) for thing in things}
        if lasting != known:
            told = [{"thing": thing, "since": since} for thing, since in lasting.items()]
            await self._looks.update({"_id": "troubles"}, {"$set": {"going_on": told}}, upsert=True)
        return lasting

    async def over(self, causes: Sequence[Document]) -> set[str]:
        """The ids of those whose cause has ended."""
        by_kind: dict[str, list[Document]] = defaultdict(list)
        for cause in causes:
            by_kind["post" if cause["kind"] in STATES else cause["kind"]].append(cause)
        looks = {
            "crisis": self._eased,
            "post": self._settled,
            "token_lost": self._connected,
            "token_ending": self._renewed,
            "late": self._answered,
            "case": self._taken,
            "brake": self._resumed,
            "parked": self._resumed,
        }
        ended: set[str] = set()
        for kind, look in looks.items():
            if by_kind[kind]:
                ended |= await look(by_kind[kind])
        return ended

    async def _by_quarter(
        self, brands: Sequence[str], wanted: Document, moment: Document, since: datetime
    ) -> list[Document]:
        quarter = {"$dateTrunc": {"date": "$since", "unit": "minute", "binSize": QUARTER}}
        counted = {"count": {"$sum": 1}, "first": {"$min": "$since"}}
        return await self._items.aggregate(
            [
                {"$match": {"brand_id": {"$in": list(brands)}, "backfill": {"$ne": True}, **wanted}},
                {"$project": {"brand_id": 1, "since": moment}},
                {"$match": {"since": {"$gte": since}}},
                {"$group": {"_id": {"brand": "$brand_id", "quarter": quarter}, **counted}},
                {"$sort": {"_id": 1}},
            ]
        )

    async def _eased(self, causes: Sequence[Document]) -> set[str]:
        rows = await self._signals.find({"_id": {"$in": [one["brand_id"] for one in causes]}, "state": "suspected"})
        lasting = {row["signal_id"] for row in rows}
        return {one["_id"] for one in causes if one["thing"] not in lasting}

    async def _settled(self, causes: Sequence[Document]) -> set[str]:
        posts = await self._posts.find({"_id": {"$in": [one["facts"]["post_id"] for one in causes]}})
        known = {delivery: told["state"] for post in posts for delivery, told in post.get("deliveries", {}).items()}
        return {one["_id"] for one in causes if known.get(one["thing"]) != STATES[one["kind"]]}

    async def _connected(self, causes: Sequence[Document]) -> set[str]:
        rows = await self._channels.find({"_id": {"$in": [one["thing"] for one in causes]}, "status": "lost"})
        lost = {row["_id"] for row in rows}
        return {one["_id"] for one in causes if one["thing"] not in lost}

    async def _renewed(self, causes: Sequence[Document]) -> set[str]:
        """Where the channel has another token; of one that was lost meanwhile the loss is told."""
        rows = await self._channels.find({"_id": {"$in": [one["thing"] for one in causes]}, "status": "active"})
        held = {row["_id"]: (row["generation"], row["renewal"]) for row in rows}
        ended = {one["_id"] for one in causes if one["thing"] not in held}
        numbers = {one["_id"]: (one["facts"]["generation"], one["facts"]["renewal"]) for one in causes}
        return ended | {one["_id"] for one in causes if held.get(one["thing"], ()) > numbers[one["_id"]]}

    async def _answered(self, causes: Sequence[Document]) -> set[str]:
        latest = max(one["at"] for one in causes) + timedelta(minutes=QUARTER)
        return await self._without(causes, {"state": "to_answer", "due_at": {"$lte": latest}})

    async def _taken(self, causes: Sequence[Document]) -> set[str]:
        return await self._without(causes, {"case.waits": True, "case.state": "open"})

    async def _resumed(self, causes: Sequence[Document]) -> set[str]:
        row = await self._looks.get({"_id": "troubles"})
        lasting = {one["thing"] for one in (row or {}).get("going_on", ())}
        return {one["_id"] for one in causes if one["thing"] not in lasting}

    async def _without(self, causes: Sequence[Document], wanted: Document) -> set[str]:
        """Of brands where nothing is so any more."""
        brands = list({one["brand_id"] for one in causes})
        still: list[Any] = await self._items.distinct("brand_id", {"brand_id": {"$in": brands}, **wanted})
        return {one["_id"] for one in causes if one["brand_id"] not in still}
