"""Every delivery of a post has ended."""

from collections.abc import Sequence

from services.console.store.posts import Posts, published_stages
from shared.bus.envelope import Received
from shared.events.publisher.post_published import PostPublished


async def handle_batch(batch: Sequence[Received[PostPublished]], posts: Posts) -> None:
    """Folds a batch into the posts."""
    facts = [received.event for received in batch]
    await posts.fold([({"_id": fact.post_id, "brand_id": fact.brand_id}, published_stages(fact)) for fact in facts])
