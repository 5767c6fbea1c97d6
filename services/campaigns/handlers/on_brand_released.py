"""Steps of a brand's holds were released: where spend is open again, ads go on."""

from collections.abc import Sequence

from services.campaigns.store.gates import Gates
from shared.bus.envelope import Received
from shared.events.console.brand_released import BrandReleased


async def handle_batch(batch: Sequence[Received[BrandReleased]], gates: Gates) -> None:
    """The newest list of holds stays; campaigns follow within a turn of `steer`."""
    await gates.keep([one.event.model_dump(include={"brand_id", "epoch", "seq", "holds"}) for one in batch])
