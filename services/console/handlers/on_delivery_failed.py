"""A network refused a rendition."""

from collections.abc import Sequence

from services.console.domain.effects import row_of
from services.console.store.audit import Audit
from services.console.store.posts import PostChange, Posts, delivery_stages
from shared.bus.envelope import Received
from shared.events.publisher.delivery_failed import DeliveryFailed


async def handle_batch(batch: Sequence[Received[DeliveryFailed]], posts: Posts, audit: Audit) -> None:
    """Logs a batch, and folds it into the posts."""
    await audit.add_all([row_of(received.event) for received in batch])
    await posts.fold([_change(received.event) for received in batch])


def _change(fact: DeliveryFailed) -> PostChange:
    stages = delivery_stages(fact, "failed", {"code": fact.code})
    return {"_id": fact.post_id, "brand_id": fact.brand_id}, stages
