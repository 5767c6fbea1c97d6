"""A brand hears far more anger than usual."""

from collections.abc import Sequence

from services.campaigns.store.gates import Gates
from shared.bus.envelope import Received
from shared.events.insights.crisis_suspected import CrisisSuspected


async def handle_batch(batch: Sequence[Received[CrisisSuspected]], gates: Gates) -> None:
    """The brand's gate shuts; its campaigns follow within a turn of `steer`."""
    await gates.crisis([received.event for received in batch], True)
