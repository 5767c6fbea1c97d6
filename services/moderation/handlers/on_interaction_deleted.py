"""An interaction is no more on its network: forget its text, close its case."""

from collections.abc import Sequence

from services.moderation.store.burial import Burial
from shared.bus.envelope import Received
from shared.events.ingest.interaction_deleted import InteractionDeleted


async def handle_batch(batch: Sequence[Received[InteractionDeleted]], burial: Burial) -> None:
    """Whether or not anything was known before: a deletion beats all revisions, those still to come too."""
    await burial.of(batch)
