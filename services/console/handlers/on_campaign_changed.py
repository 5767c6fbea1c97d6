"""A campaign was planned, or what is known of it changed."""

from collections.abc import Sequence

from services.console.store.campaigns import Campaigns
from shared.bus.envelope import Received
from shared.events.campaigns.campaign_changed import CampaignChanged


async def handle_batch(batch: Sequence[Received[CampaignChanged]], campaigns: Campaigns) -> None:
    """Keeps the newest state of each, and the turn."""
    await campaigns.fold([received.event for received in batch])
