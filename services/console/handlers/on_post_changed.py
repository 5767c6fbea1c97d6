"""A post changed."""

from collections.abc import Sequence

from services.console.store.posts import Posts, post_stages
from shared.bus.envelope import Received
from shared.events.publisher.post_changed import PostChanged


async def handle_batch(batch: Sequence[Received[PostChanged]], posts: Posts) -> None:
    """Folds a batch into the posts."""
    facts = [received.event for received in batch]
    await posts.fold([({"_id": fact.post_id, "brand_id": fact.brand_id}, post_stages(fact)) for fact in facts])
