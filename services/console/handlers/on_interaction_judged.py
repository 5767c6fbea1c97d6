"""A verdict: the item says what it means for people."""

from collections.abc import Sequence

from services.console.store.counts import Count, Counts
from services.console.store.inbox import Inbox
from shared.bus.envelope import Received
from shared.events.moderation.interaction_judged import InteractionJudged
from shared.mongo.transactions import Transaction


async def handle_batch(batch: Sequence[Received[InteractionJudged]], inbox: Inbox) -> None:
    """Writes a batch into the inbox."""
    await inbox.judge([received.event for received in batch])


async def handle_counted(batch: Sequence[Received[InteractionJudged]], tx: Transaction, counts: Counts) -> None:
    """Verdicts, in the hour in which they were reached."""
    await counts.add([Count.of(one.event, "judged", one.event.judged_at, one.cause) for one in batch], tx)
