"""A brand is held: what is shut is kept, also where console's own call did not come."""

from collections.abc import Sequence

from services.publisher.store.gates import Gates
from shared.bus.envelope import Received
from shared.events.console.brand_held import BrandHeld


async def handle_batch(batch: Sequence[Received[BrandHeld]], gates: Gates) -> None:
    """The newest list of holds stays."""
    await gates.keep([one.event.model_dump(include={"brand_id", "epoch", "seq", "holds"}) for one in batch])
