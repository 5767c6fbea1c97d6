"""A campaign spends, from now or again."""

from collections.abc import Sequence

from services.console.store.campaigns import Campaigns
from shared.bus.envelope import Received
from shared.events.campaigns.campaign_started import CampaignStarted


async def handle_batch(batch: Sequence[Received[CampaignStarted]], campaigns: Campaigns) -> None:
    """Keeps the newest state of each, and the turn."""
    await campaigns.fold([received.event for received in batch])
