"""A person must say what became of a delivery."""

from collections.abc import Sequence

from services.crm.store.queue import Queue
from shared.bus.envelope import Received
from shared.events.publisher.delivery_stranded import DeliveryStranded


async def handle_batch(batch: Sequence[Received[DeliveryStranded]], queue: Queue) -> None:
    """Keeps it for the brand's endpoints that chose it."""
    await queue.put(batch)
