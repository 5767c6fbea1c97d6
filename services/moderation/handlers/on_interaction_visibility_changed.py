"""What others see of an interaction changed on its network: noted, never judged anew."""

from collections.abc import Sequence

from services.moderation.store.interactions import Interactions
from shared.bus.envelope import Received
from shared.events.ingest.interaction_visibility_changed import InteractionVisibilityChanged


async def handle_batch(batch: Sequence[Received[InteractionVisibilityChanged]], interactions: Interactions) -> None:
    """The newest sighting of each."""
    newest: dict[str, InteractionVisibilityChanged] = {}
    for received in batch:
        known = newest.get(received.event.interaction_id)
        if known is None or known.sighting < received.event.sighting:
            newest[received.event.interaction_id] = received.event
    await interactions.see(
        [
            {"_id": key, "brand_id": one.brand_id, "sight": one.sighting, "visibility": one.visibility}
            for key, one in newest.items()
        ]
    )
