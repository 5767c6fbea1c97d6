"""Somebody said something: an item of the inbox."""

from collections.abc import Sequence

from services.console.domain.promise import answer_within
from services.console.store.arrivals import Arrivals
from shared.bus.envelope import Received
from shared.directory import Directory
from shared.events.ingest.interaction_received import InteractionReceived


async def handle_batch(
    batch: Sequence[Received[InteractionReceived]], arrivals: Arrivals, directory: Directory
) -> None:
    """Puts a batch into the inbox; the brand's promise says when an answer is due."""
    await arrivals.receive([(one.event, answer_within(directory.brand(one.event.brand_id))) for one in batch])
