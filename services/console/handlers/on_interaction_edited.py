"""An author changed their text: the item shows the new one and goes back to those to answer."""

from collections.abc import Sequence

from services.console.domain.promise import answer_within
from services.console.store import folding
from services.console.store.inbox import Inbox
from shared.bus.envelope import Received
from shared.directory import Directory
from shared.events.ingest.interaction_edited import InteractionEdited


async def handle_batch(batch: Sequence[Received[InteractionEdited]], inbox: Inbox, directory: Directory) -> None:
    """Folds a batch into the inbox; the brand's promise says when an answer is due."""
    changes = []
    for received in batch:
        promise = answer_within(directory.brand(received.event.brand_id))
        changes += folding.text_changes(received.event, promise)
    await inbox.fold(changes)
