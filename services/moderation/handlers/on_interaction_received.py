"""Somebody addressed the brand: judge it."""

from collections.abc import Sequence

from services.moderation.store.judgement import Judgement
from shared.bus.envelope import Outgoing, Received
from shared.events.ingest.interaction_received import InteractionReceived


async def handle_batch(batch: Sequence[Received[InteractionReceived]], judgement: Judgement) -> Sequence[Outgoing]:
    """Verdicts, and cases where a person must see it."""
    return await judgement.of(batch, first=True)
