"""Somebody took a case."""

from collections.abc import Sequence

from services.console.store import folding
from services.console.store.inbox import Inbox
from shared.bus.envelope import Received
from shared.events.moderation.case_claimed import CaseClaimed


async def handle_batch(batch: Sequence[Received[CaseClaimed]], inbox: Inbox) -> None:
    """Folds a batch into the inbox."""
    await inbox.fold([_change(received.event) for received in batch])


def _change(event: CaseClaimed) -> folding.Change:
    state = {"state": "claimed", "claimed_by": event.person, "claimed_until": event.until}
    return folding.about(event, event.interaction_id), folding.case(event, state)
