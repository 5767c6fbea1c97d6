"""Nobody knows yet whether it was done: neither done nor failed is shown."""

from collections.abc import Sequence

from services.console.store import folding
from services.console.store.inbox import Inbox
from shared.bus.envelope import Received
from shared.events.publisher.action_unsettled import ActionUnsettled


async def handle_batch(batch: Sequence[Received[ActionUnsettled]], inbox: Inbox) -> None:
    """Folds a batch into the inbox."""
    await inbox.fold([_change(received.event) for received in batch])


def _change(event: ActionUnsettled) -> folding.Change:
    state = "stranded" if event.stranded else "unsettled"
    return folding.about(event, event.interaction_id), folding.action(event, state, {"text": event.text})
