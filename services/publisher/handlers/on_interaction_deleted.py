"""An interaction is gone: nothing is wanted of it any longer."""

from collections.abc import Sequence

from services.publisher.store.wishes import Wishes
from shared.bus.envelope import Received
from shared.events.ingest.interaction_deleted import InteractionDeleted


async def handle_batch(batch: Sequence[Received[InteractionDeleted]], wishes: Wishes) -> None:
    """A wish that comes later meets the network's own "gone"."""
    await wishes.close([(one.event.interaction_id, one.event.brand_id) for one in batch])
