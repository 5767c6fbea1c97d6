"""A brand is held: where its holds shut spend, its ads go off."""

from collections.abc import Sequence

from services.campaigns.store.gates import Gates
from shared.bus.envelope import Received
from shared.events.console.brand_held import BrandHeld


async def handle_batch(batch: Sequence[Received[BrandHeld]], gates: Gates) -> None:
    """The newest list of holds stays; campaigns follow within a turn of `steer`."""
    await gates.keep([one.event.model_dump(include={"brand_id", "epoch", "seq", "holds"}) for one in batch])
