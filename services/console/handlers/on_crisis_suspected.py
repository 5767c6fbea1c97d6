"""A brand hears far more anger than usual."""

from collections.abc import Sequence

from services.console.store.signals import Signals
from shared.bus.envelope import Received
from shared.events.insights.crisis_suspected import CrisisSuspected


async def handle_batch(batch: Sequence[Received[CrisisSuspected]], signals: Signals) -> None:
    """The brand's people are told until it eases."""
    await signals.fold([(received.event, "suspected") for received in batch])
