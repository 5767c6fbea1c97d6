"""A verdict: the item says what it means for people."""

from collections.abc import Sequence

from services.console.store.inbox import Inbox
from shared.bus.envelope import Received
from shared.events.moderation.interaction_judged import InteractionJudged


async def handle_batch(batch: Sequence[Received[InteractionJudged]], inbox: Inbox) -> None:
    """Writes a batch into the inbox."""
    await inbox.judge([received.event for received in batch])
