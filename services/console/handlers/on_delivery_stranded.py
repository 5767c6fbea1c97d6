"""A person must say whether a rendition went out."""

from collections.abc import Sequence

from services.console.store.alert_causes import Causes, tell_delivery
from services.console.store.posts import PostChange, Posts, delivery_stages
from shared.bus.envelope import Received
from shared.events.publisher.delivery_stranded import DeliveryStranded


async def handle_batch(batch: Sequence[Received[DeliveryStranded]], posts: Posts, causes: Causes) -> None:
    """Folds a batch into the posts, and has people told."""
    await posts.fold([_change(received.event) for received in batch])
    await tell_delivery(causes, batch, "post_stranded")


def _change(fact: DeliveryStranded) -> PostChange:
    stages = delivery_stages(fact, "stranded", {})
    return {"_id": fact.post_id, "brand_id": fact.brand_id}, stages
