"""What each service last said about itself on `/ops`, read in the background so that no page waits for it."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.mongo.operations import Document

if TYPE_CHECKING:
    from shared.mongo.database import Database

REMEMBERED = 60


class Health:
    """One document a service, with the lag of the last looks."""

    def __init__(self, database: "Database") -> None:
        self._health = database.system("serviceHealth")  # system: services, no brand's data

    async def keep(self, service: str, told: Mapping[str, Any], at: datetime) -> None:
        """What a service told; the number of dead messages is kept apart for the door."""
        values = {"told": dict(told), "heard_at": at, "dead": _dead(told), "away_since": None}
        lags = {"$each": [lag_of(told)], "$slice": -REMEMBERED}
        await self._health.update({"_id": service}, {"$set": values, "$push": {"lags": lags}}, upsert=True)

    async def away(self, service: str, at: datetime) -> None:
        """A service did not answer; what it told last is kept."""
        since = {"$ifNull": ["$away_since", at]}
        await self._health.update({"_id": service}, [{"$set": {"away_since": since}}], upsert=True)

    async def all(self) -> list[Document]:
        """Every service by name."""
        return await self._health.find({}, sort=("_id",))

    async def count_dead(self) -> int:
        """How many messages are dead, in all services."""
        rows = await self._health.find({}, projection={"dead": 1})
        return sum(row.get("dead", 0) for row in rows)


def lag_of(told: Mapping[str, Any]) -> int:
    """How many messages wait for a service, over all topics it reads and in all replicas; where its database does not
    answer, for the replica that was asked."""
    if told.get("behind") is not None:
        return int(told["behind"])
    topics = [topic for consumer in told.get("consumers") or () for topic in consumer["topics"].values()]
    return sum(int(topic["lag"]) for topic in topics)


def _dead(told: Mapping[str, Any]) -> int:
    return sum(int(row["count"]) for row in told.get("parked") or () if row["state"] == "dead")
