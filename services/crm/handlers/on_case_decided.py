"""A person decided."""

from collections.abc import Sequence

from services.crm.store.queue import Queue
from shared.bus.envelope import Received
from shared.events.moderation.case_decided import CaseDecided


async def handle_batch(batch: Sequence[Received[CaseDecided]], queue: Queue) -> None:
    """Keeps it for the brand's endpoints that chose it."""
    await queue.put(batch)
