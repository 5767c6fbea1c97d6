"""The network shows something else of an interaction: adopted, never fought."""

from collections.abc import Sequence

from services.publisher.store.wishes import Wishes
from shared.bus.envelope import Received
from shared.events.ingest.interaction_visibility_changed import InteractionVisibilityChanged


async def handle_batch(batch: Sequence[Received[InteractionVisibilityChanged]], wishes: Wishes) -> None:
    """Noted beside the wish, where there is one."""
    await wishes.adopt(
        [(one.event.interaction_id, one.event.brand_id, one.event.visibility, one.event.sighting) for one in batch]
    )
