"""A brand hears far more anger than usual."""

from collections.abc import Sequence

from services.console.store.alert_causes import Causes
from services.console.store.signals import Signals
from shared.bus.envelope import Received
from shared.events.insights.crisis_suspected import CrisisSuspected

SAID = ("negative", "said", "authors", "usual", "window_seconds", "learning")


async def handle_batch(batch: Sequence[Received[CrisisSuspected]], signals: Signals, causes: Causes) -> None:
    """The brand's people are told until it eases."""
    await signals.fold([(received.event, "suspected") for received in batch])
    await causes.told(batch, "crisis", "signal_id", (), SAID)
