"""A person addressed the brand."""

from collections.abc import Sequence

from services.crm.store.queue import Queue
from shared.bus.envelope import Received
from shared.events.ingest.interaction_received import InteractionReceived


async def handle_batch(batch: Sequence[Received[InteractionReceived]], queue: Queue) -> None:
    """Keeps it for the brand's endpoints that chose it."""
    await queue.put(batch)
