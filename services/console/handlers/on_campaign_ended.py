"""A campaign has come to its end."""

from collections.abc import Sequence

from services.console.store.campaigns import Campaigns
from shared.bus.envelope import Received
from shared.events.campaigns.campaign_ended import CampaignEnded


async def handle_batch(batch: Sequence[Received[CampaignEnded]], campaigns: Campaigns) -> None:
    """Keeps the newest state of each, and the turn."""
    await campaigns.fold([received.event for received in batch])
