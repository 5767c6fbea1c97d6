"""A campaign spends nothing for now."""

from collections.abc import Sequence

from services.console.store.campaigns import Campaigns
from shared.bus.envelope import Received
from shared.events.campaigns.campaign_paused import CampaignPaused


async def handle_batch(batch: Sequence[Received[CampaignPaused]], campaigns: Campaigns) -> None:
    """Keeps the newest state of each, and the turn."""
    await campaigns.fold([received.event for received in batch])
