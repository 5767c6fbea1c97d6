"""What the network should show of an interaction: one document each, one worker at a time."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.bell import Bell
from shared.mongo.database import Database
from shared.mongo.indexes import Index
from shared.mongo.operations import UpdateOne
from shared.mongo.transactions import Transaction

Wish = dict[str, Any]
NO_WISH = ""  # the order of a row that something else made: below that of every wish
ENDED = {"claim": "", "claimant": ""}  # the call of this claim is over: another may begin


class Wishes:
    """The `wishes` collection. What is claimed is so for `lease` seconds. `stated`: some may be new.

    A newer wish waits for the end of a call that is under way: of two at once, the network might obey the older last.
    """

    def __init__(self, database: Database, lease: float = 60.0) -> None:
        self.stated = Bell()
        self._lease = lease
        self._rows = database.brand("wishes")
        self._all = database.system("wishes", Index(("state", "next_at")))  # system: a loop drives them

    async def state_wishes(self, wishes: Sequence[Mapping[str, Any]]) -> int:
        """Take the newest wish an interaction; how many were newer than what was known."""
        operations = [
            UpdateOne(
                {"_id": wish["interaction_id"], "brand_id": wish["brand_id"], "order": {"$lt": wish["order"]}},
                [{"$set": _wanted(wish)}],
                upsert=True,
            )
            for wish in wishes
        ]
        result = await self._rows.bulk(operations)
        if wishes:
            self.stated.ring()
        return len(wishes) - len(result.duplicates)

    async def close(self, gone: Sequence[tuple[str, str]]) -> None:
        """These (interaction, brand) are no more on their network: nothing is wanted of them, whatever comes later."""
        await self._rows.bulk(
            [
                UpdateOne(
                    {"_id": interaction, "brand_id": brand, "state": {"$ne": "gone"}},
                    {"$set": {"state": "gone"}, "$inc": {"fence": 1}, "$setOnInsert": {"order": NO_WISH}},
                    upsert=True,
                )
                for interaction, brand in gone
            ]
        )

    async def adopt(self, seen: Sequence[tuple[str, str, str, int]]) -> None:
        """Note what the network shows (interaction, brand, visibility, sighting); it is never fought."""
        await self._rows.bulk(
            [
                UpdateOne(
                    {"_id": interaction, "brand_id": brand, "sighting": {"$not": {"$gte": sighting}}},
                    {
                        "$set": {"shown": visibility, "sighting": sighting},
                        "$setOnInsert": {"order": NO_WISH, "state": "seen"},
                    },
                    upsert=True,
                )
                for interaction, brand, visibility, sighting in seen
            ]
        )

    async def due(
        self,
        limit: int,
        not_networks: Sequence[str] = (),
        not_channels: Sequence[str] = (),
        not_brands: Sequence[str] = (),
    ) -> list[Wish]:
        """Wishes to work on now, the oldest first; nothing of what has no room now, nor of held brands."""
        return await self._all.find(
            {
                "state": "wanted",
                "place.network": {"$nin": list(not_networks)},
                "place.channel_id": {"$nin": list(not_channels)},
                "brand_id": {"$nin": list(not_brands)},
                "$expr": {"$lte": ["$next_at", "$$NOW"]},
            },
            sort="next_at",
            limit=limit,
        )

    async def take_back(self, instance: str) -> None:
        """What an earlier process of this name held when it ended is due now, not when its lease runs out."""
        free = {**ENDED, "next_at": "$$NOW", "fence": {"$add": ["$fence", 1]}}
        await self._all.update_many({"state": "wanted", "claimant": instance}, [{"$set": free}])

    async def claim(self, wishes: Sequence[Wish], token: str, instance: str = "") -> list[Wish]:
        """Take these for the time of the lease; those that another replica took are left out."""
        taken = {
            "claim": token,
            "claimant": {"$literal": instance},
            "fence": {"$add": ["$fence", 1]},
            "attempts": {"$add": ["$attempts", 1]},
            "next_at": _in_seconds(self._lease),
        }
        await self._all.bulk(
            [
                UpdateOne({"_id": one["_id"], "state": "wanted", "fence": one["fence"]}, [{"$set": taken}])
                for one in wishes
            ]
        )
        return await self._all.find({"_id": {"$in": [one["_id"] for one in wishes]}, "claim": token})

    async def conclude(
        self, ended: Sequence[tuple[Wish, str, Mapping[str, Any]]], *, tx: Transaction
    ) -> list[Wish | None]:
        """Note the end of works (the claimed wish, its state, what changes); each wish as it is then, or None where
        a newer wish or another worker came meanwhile. A newer wish that waited for this end is due now."""
        found = await self._all.find({"_id": {"$in": [wish["_id"] for wish, _, _ in ended]}}, tx=tx)
        rows, results, operations = {row["_id"]: row for row in found}, list[Wish | None](), list[UpdateOne]()
        for wish, state, changes in ended:
            same, row = {name: wish[name] for name in ("_id", "fence", "order", "seq")}, rows.get(wish["_id"], {})
            if any(row.get(name) != value for name, value in same.items()):
                results.append(None)
                operations.append(_released(wish))
                continue
            noted = {**changes, **ENDED, "state": state, "seq": wish["seq"] + 1}
            operations.append(UpdateOne(same, {"$set": noted, "$currentDate": {"updated_at": True}}))
            rows[wish["_id"]] = row | noted
            results.append(rows[wish["_id"]])
        await self._all.bulk(operations, tx=tx)
        return results

    async def later(self, wish: Wish, after: float, why: str) -> None:
        """Try again after so many seconds; a newer wish that came meanwhile is due now."""
        again = {**ENDED, "next_at": _in_seconds(after), "why": {"$literal": why}}
        same = {"_id": wish["_id"], "fence": wish["fence"], "order": wish["order"]}
        if not (await self._all.update(same, [{"$set": again}])).matched:
            await self._all.bulk([_released(wish)])


# A claim that has neither ended nor run out: its call may be under way.
_CALLING = {
    "$and": [
        {"$eq": ["$state", "wanted"]},
        {"$ne": [{"$ifNull": ["$claim", ""]}, ""]},
        {"$gt": ["$next_at", "$$NOW"]},
    ]
}


def _in_seconds(seconds: float) -> dict[str, Any]:
    return {"$add": ["$$NOW", round(seconds * 1000)]}


def _released(wish: Wish) -> UpdateOne:
    """Nothing where this claim has ended by itself, or is another worker's by now."""
    held = {"_id": wish["_id"], "state": "wanted", "claim": wish["claim"]}
    return UpdateOne(held, [{"$set": {**ENDED, "next_at": "$$NOW"}}])


def _wanted(wish: Mapping[str, Any]) -> dict[str, Any]:
    stated = {name: {"$literal": wish[name]} for name in ("place", "wanted", "order", "cause", "person", "trace")}
    return {
        **stated,
        "state": {"$cond": [{"$eq": ["$state", "gone"]}, "gone", "wanted"]},
        "next_at": {"$cond": [_CALLING, "$next_at", "$$NOW"]},
        "attempts": 0,
        "why": "",
        "fence": {"$add": [{"$ifNull": ["$fence", 0]}, 1]},
        "seq": {"$ifNull": ["$seq", 0]},
        "sighting": {"$ifNull": ["$sighting", 0]},
        "updated_at": "$$NOW",
    }
