"""A campaign has spent its budget."""

from collections.abc import Sequence

from services.console.store.campaigns import Campaigns
from shared.bus.envelope import Received
from shared.events.campaigns.budget_exhausted import BudgetExhausted


async def handle_batch(batch: Sequence[Received[BudgetExhausted]], campaigns: Campaigns) -> None:
    """Keeps the newest state of each, and the turn."""
    await campaigns.fold([received.event for received in batch])
