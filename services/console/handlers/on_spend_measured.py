"""An ad network told what an hour of a campaign came to."""

from collections.abc import Sequence

from services.console.store.campaigns import Campaigns
from shared.bus.envelope import Received
from shared.events.campaigns.spend_measured import SpendMeasured


async def handle_batch(batch: Sequence[Received[SpendMeasured]], campaigns: Campaigns) -> None:
    """The newest figures of each hour are kept."""
    await campaigns.measure([received.event for received in batch])
