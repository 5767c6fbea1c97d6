"""Why people are to be told: one document a cause, written once however often it is found."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from services.console.domain.alerts import cause_of, fresh
from shared.bus.envelope import Received
from shared.mongo.indexes import Index
from shared.mongo.operations import Document, InsertOne

if TYPE_CHECKING:
    from shared.mongo.database import Database

KEPT_SECONDS = 30 * 86_400
A_TURN = 100


class Causes:
    """The `alertCauses` collection; `state` is new until the people (and hooks) it concerns have their alerts."""

    def __init__(self, database: "Database") -> None:
        aged, new = Index("created_at", ttl_seconds=KEPT_SECONDS), Index(("at",), partial={"state": "new"}, name="new")
        self._rows = database.brand("alertCauses", aged, new)
        self._all = database.system("alertCauses")  # system: one loop looks after the causes of all brands
        self._looks = database.system("alertLooks")  # system: until when the loop has looked, no brand's data

    async def put(self, causes: Sequence[Document], now: datetime) -> None:
        """Those that are not there yet."""
        rows = [InsertOne({**one, "state": "new", "created_at": now}) for one in causes]
        await self._rows.bulk(rows)

    async def told(
        self, batch: Sequence[Received[Any]], kind: str, thing: str, number: Sequence[str], facts: Sequence[str]
    ) -> None:
        """A batch of facts of one kind, each a cause: `thing`, `number` and `facts` name fields of the event. Call it
        after the read model has them: what a cause says is looked up there before anybody is told."""
        causes = [
            cause_of(
                kind,
                one.event.brand_id,
                str(getattr(one.event, thing)),
                ".".join(str(getattr(one.event, part)) for part in number),
                one.event.at,
                one.event.model_dump(include=set(facts), exclude_none=True),
            )
            for one in batch
            if fresh(one.event.at, one.cause.replayed_from, one.read_at)
        ]
        if causes:
            await self.put(causes, batch[0].read_at)

    async def new(self) -> list[Document]:
        """Those of which nobody was told yet, the oldest first."""
        return await self._all.find({"state": "new"}, sort=("at",), limit=A_TURN)

    async def spread(self, cause_ids: Sequence[str]) -> None:
        """Everybody whom these concern has an alert."""
        await self._all.update_many({"_id": {"$in": list(cause_ids)}}, {"$set": {"state": "told"}})

    async def looked_until(self) -> datetime | None:
        """Up to when the read models were looked through; None before the first look."""
        row = await self._looks.get({"_id": "watch"})
        return row["until"] if row else None

    async def look_done(self, until: datetime) -> None:
        """They were, up to then."""
        await self._looks.update({"_id": "watch"}, {"$max": {"until": until}}, upsert=True)


async def tell_delivery(causes: Causes, batch: Sequence[Received[Any]], kind: str) -> None:
    """Something became of deliveries that people must know; each has its own number for it."""
    await causes.told(batch, kind, "delivery_id", ("epoch", "seq"), ("post_id", "channel_id", "network", "why", "code"))
