"""The anger has gone."""

from collections.abc import Sequence

from services.campaigns.store.gates import Gates
from shared.bus.envelope import Received
from shared.events.insights.crisis_eased import CrisisEased


async def handle_batch(batch: Sequence[Received[CrisisEased]], gates: Gates) -> None:
    """The brand's gate opens; its campaigns follow within a turn of `steer`."""
    await gates.crisis([received.event for received in batch], False)
