"""A decision was taken back after it had left."""

from collections.abc import Sequence
from typing import Any

from services.console.store import folding
from services.console.store.inbox import Inbox
from shared.bus.envelope import Received
from shared.events.moderation.decision_reversed import DecisionReversed


async def handle_batch(batch: Sequence[Received[DecisionReversed]], inbox: Inbox) -> None:
    """Folds a batch into the inbox."""
    await inbox.fold([_change(received.event) for received in batch])


def _change(event: DecisionReversed) -> folding.Change:
    state: dict[str, Any] = {"state": "decided", "reversed": True, "wish": event.wish}
    return folding.about(event, event.interaction_id), folding.case(
        event, state | {"decided_by": event.person, "reason": event.reason}
    )
