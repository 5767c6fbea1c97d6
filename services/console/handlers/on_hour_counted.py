"""What an hour of a channel amounts to."""

from collections.abc import Sequence

from services.console.store.series import Series
from shared.bus.envelope import Received
from shared.events.insights.hour_counted import HourCounted


async def handle_batch(batch: Sequence[Received[HourCounted]], series: Series) -> None:
    """Keeps the newest values of each hour."""
    await series.fold([received.event for received in batch])
