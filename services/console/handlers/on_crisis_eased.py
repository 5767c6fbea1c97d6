"""The anger has gone."""

from collections.abc import Sequence

from services.console.store.signals import Signals
from shared.bus.envelope import Received
from shared.events.insights.crisis_eased import CrisisEased


async def handle_batch(batch: Sequence[Received[CrisisEased]], signals: Signals) -> None:
    """Nobody is told any more."""
    await signals.fold([(received.event, "eased") for received in batch])
