"""A decision was taken back after it had left."""

from collections.abc import Sequence

from services.crm.store.queue import Queue
from shared.bus.envelope import Received
from shared.events.moderation.decision_reversed import DecisionReversed


async def handle_batch(batch: Sequence[Received[DecisionReversed]], queue: Queue) -> None:
    """Keeps it for the brand's endpoints that chose it."""
    await queue.put(batch)
