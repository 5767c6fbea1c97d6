"""A network refused what was asked: the item says why."""

from collections.abc import Sequence

from services.console.store import folding
from services.console.store.inbox import Inbox
from shared.bus.envelope import Received
from shared.events.publisher.action_failed import ActionFailed


async def handle_batch(batch: Sequence[Received[ActionFailed]], inbox: Inbox) -> None:
    """Folds a batch into the inbox."""
    await inbox.fold([_change(received.event) for received in batch])


def _change(event: ActionFailed) -> folding.Change:
    return folding.about(event, event.interaction_id), folding.action(
        event, "failed", {"code": event.code, "text": event.text}
    )
