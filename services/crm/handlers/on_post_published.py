"""Every delivery of a post has ended."""

from collections.abc import Sequence

from services.crm.store.queue import Queue
from shared.bus.envelope import Received
from shared.events.publisher.post_published import PostPublished


async def handle_batch(batch: Sequence[Received[PostPublished]], queue: Queue) -> None:
    """Keeps it for the brand's endpoints that chose it."""
    await queue.put(batch)
