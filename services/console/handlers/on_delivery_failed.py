"""A network refused a rendition."""

from collections.abc import Sequence

from services.console.store.posts import PostChange, Posts, delivery_stages
from shared.bus.envelope import Received
from shared.events.publisher.delivery_failed import DeliveryFailed


async def handle_batch(batch: Sequence[Received[DeliveryFailed]], posts: Posts) -> None:
    """Folds a batch into the posts."""
    await posts.fold([_change(received.event) for received in batch])


def _change(fact: DeliveryFailed) -> PostChange:
    stages = delivery_stages(fact, "failed", {"code": fact.code})
    return {"_id": fact.post_id, "brand_id": fact.brand_id}, stages
