"""A case needs someone with more say."""

from collections.abc import Sequence

from services.crm.store.queue import Queue
from shared.bus.envelope import Received
from shared.events.moderation.case_escalated import CaseEscalated


async def handle_batch(batch: Sequence[Received[CaseEscalated]], queue: Queue) -> None:
    """Keeps it for the brand's endpoints that chose it."""
    await queue.put(batch)
