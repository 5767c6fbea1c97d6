"""A person's decision left: the case waits no more."""

from collections.abc import Sequence
from typing import Any

from services.console.store import folding
from services.console.store.inbox import Inbox
from shared.bus.envelope import Received
from shared.events.moderation.case_decided import CaseDecided


async def handle_batch(batch: Sequence[Received[CaseDecided]], inbox: Inbox) -> None:
    """Folds a batch into the inbox."""
    await inbox.fold([_change(received.event) for received in batch])


def _change(event: CaseDecided) -> folding.Change:
    state: dict[str, Any] = {"state": "decided", "decision": event.decision, "wish": event.wish}
    return folding.about(event, event.interaction_id), folding.case(
        event, state | {"decided_by": event.person, "reason": event.reason}
    )
