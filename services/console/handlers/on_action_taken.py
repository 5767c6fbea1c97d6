"""A network did what was asked."""

from collections.abc import Sequence

from services.console.domain.effects import row_of
from services.console.store import folding
from services.console.store.audit import Audit
from services.console.store.counts import Count, Counts
from services.console.store.inbox import Inbox
from shared.bus.envelope import Received
from shared.events.publisher.action_taken import ActionTaken
from shared.mongo.transactions import Transaction


async def handle_batch(batch: Sequence[Received[ActionTaken]], inbox: Inbox, audit: Audit) -> None:
    """Logs a batch, and folds it into the inbox."""
    await audit.add_all([row_of(received.event) for received in batch])
    await inbox.fold([_change(received.event) for received in batch])


async def handle_counted(batch: Sequence[Received[ActionTaken]], tx: Transaction, counts: Counts) -> None:
    """What we hid, in the hour in which the network did it."""
    hidden = [(one.event, one.cause) for one in batch if (one.event.action, one.event.result) == ("hide", "done")]
    await counts.add([Count.of(event, "hidden", event.at, cause) for event, cause in hidden], tx)


def _change(event: ActionTaken) -> folding.Change:
    result = {"result": event.result, "text": event.text, "url": event.url, "remote_id": event.remote_id}
    return folding.about(event, event.interaction_id), folding.action(event, "taken", result)
