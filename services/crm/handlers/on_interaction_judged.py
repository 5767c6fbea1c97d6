"""Moderation judged it."""

from collections.abc import Sequence

from services.crm.store.queue import Queue
from shared.bus.envelope import Received
from shared.events.moderation.interaction_judged import InteractionJudged


async def handle_batch(batch: Sequence[Received[InteractionJudged]], queue: Queue) -> None:
    """Keeps it for the brand's endpoints that chose it."""
    await queue.put(batch)
