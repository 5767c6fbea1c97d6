"""An author changed their text: judge it afresh."""

from collections.abc import Sequence

from services.moderation.store.judgement import Judgement
from shared.bus.envelope import Outgoing, Received
from shared.events.ingest.interaction_edited import InteractionEdited


async def handle_batch(batch: Sequence[Received[InteractionEdited]], judgement: Judgement) -> Sequence[Outgoing]:
    """Verdicts, and cases where a person must see it (again)."""
    return await judgement.of(batch)
