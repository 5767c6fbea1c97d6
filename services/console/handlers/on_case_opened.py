"""An interaction waits for a person: a case of the queue."""

from collections.abc import Sequence

from services.console.store import folding
from services.console.store.inbox import Inbox
from shared.bus.envelope import Received
from shared.events.moderation.case_opened import CaseOpened


async def handle_batch(batch: Sequence[Received[CaseOpened]], inbox: Inbox) -> None:
    """Folds a batch into the inbox."""
    await inbox.fold([_change(received.event) for received in batch])


def _change(event: CaseOpened) -> folding.Change:
    grounds = event.model_dump(include={"severity", "rule", "why", "hidden", "suggested", "evidence_id", "backfill"})
    return folding.about(event, event.interaction_id), folding.opened(event, grounds)
