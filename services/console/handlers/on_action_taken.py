"""A network did what was asked."""

from collections.abc import Sequence

from services.console.domain.effects import row_of
from services.console.store import folding
from services.console.store.audit import Audit
from services.console.store.inbox import Inbox
from shared.bus.envelope import Received
from shared.events.publisher.action_taken import ActionTaken


async def handle_batch(batch: Sequence[Received[ActionTaken]], inbox: Inbox, audit: Audit) -> None:
    """Logs a batch, and folds it into the inbox."""
    await audit.add_all([row_of(received.event) for received in batch])
    await inbox.fold([_change(received.event) for received in batch])


def _change(event: ActionTaken) -> folding.Change:
    result = {"result": event.result, "text": event.text, "url": event.url, "remote_id": event.remote_id}
    return folding.about(event, event.interaction_id), folding.action(event, "taken", result)
