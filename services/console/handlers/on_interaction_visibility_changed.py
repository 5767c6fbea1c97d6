"""Others see an interaction differently now."""

from collections.abc import Sequence

from services.console.store import folding
from services.console.store.inbox import Inbox
from shared.bus.envelope import Received
from shared.events.ingest.interaction_visibility_changed import InteractionVisibilityChanged


async def handle_batch(batch: Sequence[Received[InteractionVisibilityChanged]], inbox: Inbox) -> None:
    """Folds a batch into the inbox."""
    await inbox.fold([_change(received.event) for received in batch])


def _change(event: InteractionVisibilityChanged) -> folding.Change:
    return folding.about(event, event.interaction_id), folding.visibility(event)
