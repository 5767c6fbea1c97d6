"""A case was handed up: it still waits, and says for whom."""

from collections.abc import Sequence

from services.console.store import folding
from services.console.store.inbox import Inbox
from shared.bus.envelope import Received
from shared.events.moderation.case_escalated import CaseEscalated


async def handle_batch(batch: Sequence[Received[CaseEscalated]], inbox: Inbox) -> None:
    """Folds a batch into the inbox."""
    await inbox.fold([_change(received.event) for received in batch])


def _change(event: CaseEscalated) -> folding.Change:
    state = {"state": "open", "escalated_to": event.to, "escalated_by": event.person, "reason": event.why}
    return folding.about(event, event.interaction_id), folding.case(event, state)
