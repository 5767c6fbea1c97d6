"""What ingest knows of a channel's completeness and health."""

from collections.abc import Sequence

from services.console.store.measures import Measures
from shared.bus.envelope import Received
from shared.events.ingest.channel_measured import ChannelMeasured


async def handle_batch(batch: Sequence[Received[ChannelMeasured]], measures: Measures) -> None:
    """Keeps the latest measure of each channel."""
    await measures.fold([received.event for received in batch])
