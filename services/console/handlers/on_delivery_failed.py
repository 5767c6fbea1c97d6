"""A network refused a rendition."""

from collections.abc import Sequence

from services.console.domain.effects import row_of
from services.console.store.alert_causes import Causes, tell_delivery
from services.console.store.audit import Audit
from services.console.store.posts import PostChange, Posts, delivery_stages
from shared.bus.envelope import Received
from shared.events.publisher.delivery_failed import DeliveryFailed


async def handle_batch(batch: Sequence[Received[DeliveryFailed]], posts: Posts, audit: Audit, causes: Causes) -> None:
    """Logs a batch, folds it into the posts, and has people told."""
    await audit.add_all([row_of(received.event) for received in batch])
    await posts.fold([_change(received.event) for received in batch])
    await tell_delivery(causes, batch, "post_failed")


def _change(fact: DeliveryFailed) -> PostChange:
    stages = delivery_stages(fact, "failed", {"code": fact.code})
    return {"_id": fact.post_id, "brand_id": fact.brand_id}, stages
