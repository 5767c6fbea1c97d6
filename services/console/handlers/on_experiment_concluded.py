"""The creatives of a campaign were compared, and its figures are final."""

from collections.abc import Sequence

from services.console.store.campaigns import Campaigns
from shared.bus.envelope import Received
from shared.events.campaigns.experiment_concluded import ExperimentConcluded


async def handle_batch(batch: Sequence[Received[ExperimentConcluded]], campaigns: Campaigns) -> None:
    """The newest conclusion of each campaign is kept."""
    await campaigns.conclude([received.event for received in batch])
