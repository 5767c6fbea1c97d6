"""An author changed their text: the item shows the new one and goes back to those to answer."""

from collections.abc import Sequence
from datetime import timedelta

from services.console.store import folding
from services.console.store.inbox import Inbox
from shared.bus.envelope import Received
from shared.directory import Directory
from shared.events.ingest.interaction_edited import InteractionEdited

USUAL_PROMISE = 120


async def handle_batch(batch: Sequence[Received[InteractionEdited]], inbox: Inbox, directory: Directory) -> None:
    """Folds a batch into the inbox; the brand's promise says when an answer is due."""
    changes = []
    for received in batch:
        brand = directory.brand(received.event.brand_id)
        promise = timedelta(minutes=brand.promise if brand else USUAL_PROMISE)
        changes += folding.text_changes(received.event, promise)
    await inbox.fold(changes)
