"""Writes what became of a delivery: its state, the event that tells it, and its post's end, in one transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.publisher.domain import statements
from services.publisher.domain.delivery import ENDED
from services.publisher.domain.post import state_of
from services.publisher.store.deliveries import Deliveries, Delivery
from services.publisher.store.posts import Posts
from shared.bus.envelope import Outgoing
from shared.epochs import Epochs
from shared.events.event import BrandEvent
from shared.events.publisher.post_changed import PostChanged
from shared.mongo.transactions import Transaction
from shared.service import Floor

TOLD = ENDED | {"unknown", "stranded"}
WHY = {"failed": "no network took it", "late": "a part of it is due too long ago to leave by itself"}


@dataclass(frozen=True, slots=True)
class Moment:
    """When facts are stated, and in which life of the store."""

    at: datetime
    epoch: int


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What concluding needs."""

    floor: Floor
    deliveries: Deliveries
    posts: Posts
    epochs: Epochs

    async def write(
        self,
        delivery: Delivery,
        state: str,
        *,
        due_in: float | None = None,
        look_in: float | None = None,
        **changes: Any,
    ) -> bool:
        """From the delivery's state to `state`; False where somebody else changed it meanwhile (nothing is written)."""
        told = await self.moment()

        async def work(tx: Transaction) -> bool:
            return await self.within(tx, told, delivery, state, due_in=due_in, look_in=look_in, **changes) is not None

        return await self.floor.database.transact(work)

    async def moment(self) -> Moment:
        """What every fact stated now carries; read before a transaction begins."""
        return Moment(self.floor.clock(), (await self.epochs.current()).value)

    async def within(
        self,
        tx: Transaction,
        told: Moment,
        delivery: Delivery,
        state: str,
        *,
        due_in: float | None = None,
        look_in: float | None = None,
        **changes: Any,
    ) -> Delivery | None:
        """As `write`, as a part of `tx`; the delivery after it, None where somebody else changed it meanwhile."""
        numbered = {"seq": delivery["seq"] + 1} if state in TOLD else {}
        after = await self.deliveries.change(
            delivery, {"state": state, **numbered, **changes}, due_in=due_in, look_in=look_in, tx=tx
        )
        if after is None:
            return None
        if state in TOLD:
            fact = statements.delivery_fact(after, at=told.at, epoch=told.epoch)
            tx.emit(Outgoing.first(fact, now=told.at, traceparent=after.get("trace")))
        if state in ENDED and after["kind"] == "post":
            await self._end_post(tx, told, after)
        return after

    async def _end_post(self, tx: Transaction, told: Moment, delivery: Delivery) -> None:
        """Each end changes the post, so that two that come at once see each other."""
        before = await self.posts.get(delivery["brand_id"], delivery["post_id"], tx=tx)
        deliveries = await self.posts.deliveries(delivery["brand_id"], delivery["post_id"], tx=tx)
        post = await self.posts.change(before, {"state": state_of(deliveries)}, tx=tx)
        if post["state"] == "published":
            event: BrandEvent = statements.published(post, deliveries, at=told.at, epoch=told.epoch)
        elif post["state"] != before["state"]:
            why = WHY.get(post["state"], "")
            event = statements.post_fact(PostChanged, post, person="publisher", at=told.at, epoch=told.epoch, why=why)
        else:
            return
        tx.emit(Outgoing.first(event, now=told.at, traceparent=delivery.get("trace")))
