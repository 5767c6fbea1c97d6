"""The anger has gone."""

from collections.abc import Sequence

from services.console.store.alert_causes import Causes
from services.console.store.signals import Signals
from shared.bus.envelope import Received
from shared.events.insights.crisis_eased import CrisisEased


async def handle_batch(batch: Sequence[Received[CrisisEased]], signals: Signals, causes: Causes) -> None:
    """That it is over is told as the crisis was."""
    await signals.fold([(received.event, "eased") for received in batch])
    await causes.told(batch, "crisis_eased", "signal_id", (), ("since",))
