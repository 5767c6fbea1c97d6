"""What ingest knows of a channel's completeness and health, and what its server allows."""

from collections.abc import Callable, Sequence
from datetime import datetime

from services.console.store.directory import DirectoryStore
from services.console.store.measures import Measures
from shared.bus.envelope import Received
from shared.events.ingest.channel_measured import ChannelMeasured


async def handle_batch(
    batch: Sequence[Received[ChannelMeasured]],
    measures: Measures,
    directory: DirectoryStore,
    clock: Callable[[], datetime],
) -> None:
    """Keeps the latest measure of each channel; the directory tells everybody what the channel's server allows."""
    await measures.fold([received.event for received in batch])
    brands = sorted({received.event.brand_id for received in batch})
    latest = await measures.of(brands)
    for channel in await directory.channels(brands):
        codes = latest.get(channel["_id"], {}).get("codes", {})
        if codes != channel.get("codes", {}):
            await directory.change_channel(channel["brand_id"], channel["_id"], {"codes": codes}, clock())
