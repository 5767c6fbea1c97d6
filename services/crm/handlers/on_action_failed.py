"""A network did not do what was asked."""

from collections.abc import Sequence

from services.crm.store.queue import Queue
from shared.bus.envelope import Received
from shared.events.publisher.action_failed import ActionFailed


async def handle_batch(batch: Sequence[Received[ActionFailed]], queue: Queue) -> None:
    """Keeps it for the brand's endpoints that chose it."""
    await queue.put(batch)
