"""An endpoint was registered, changed, paused, shut or removed."""

from collections.abc import Sequence

from services.console.store.webhooks import Webhooks
from shared.bus.envelope import Received
from shared.events.crm.endpoint_changed import EndpointChanged


async def handle_batch(batch: Sequence[Received[EndpointChanged]], webhooks: Webhooks) -> None:
    """Keeps the newest state of each."""
    await webhooks.fold([received.event for received in batch])
