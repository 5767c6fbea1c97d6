"""A network refused a rendition."""

from collections.abc import Sequence

from services.crm.store.queue import Queue
from shared.bus.envelope import Received
from shared.events.publisher.delivery_failed import DeliveryFailed


async def handle_batch(batch: Sequence[Received[DeliveryFailed]], queue: Queue) -> None:
    """Keeps it for the brand's endpoints that chose it."""
    await queue.put(batch)
