"""A case ended without a decision: it waits no more."""

from collections.abc import Sequence

from services.console.store import folding
from services.console.store.inbox import Inbox
from shared.bus.envelope import Received
from shared.events.moderation.case_closed import CaseClosed


async def handle_batch(batch: Sequence[Received[CaseClosed]], inbox: Inbox) -> None:
    """Folds a batch into the inbox."""
    await inbox.fold([_change(received.event) for received in batch])


def _change(event: CaseClosed) -> folding.Change:
    return folding.about(event, event.interaction_id), folding.case(event, {"state": "closed", "reason": event.why})
