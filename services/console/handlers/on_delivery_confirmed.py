"""A rendition is on its network."""

from collections.abc import Sequence

from services.console.domain.effects import row_of
from services.console.store.audit import Audit
from services.console.store.posts import PostChange, Posts, delivery_stages
from shared.bus.envelope import Received
from shared.events.publisher.delivery_confirmed import DeliveryConfirmed


async def handle_batch(batch: Sequence[Received[DeliveryConfirmed]], posts: Posts, audit: Audit) -> None:
    """Logs a batch, and folds it into the posts."""
    await audit.add_all([row_of(received.event) for received in batch])
    await posts.fold([_change(received.event) for received in batch])


def _change(fact: DeliveryConfirmed) -> PostChange:
    stages = delivery_stages(fact, "confirmed", {"remote_id": fact.remote_id, "url": fact.url})
    return {"_id": fact.post_id, "brand_id": fact.brand_id}, stages
