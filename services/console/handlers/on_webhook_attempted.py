"""Another system was told, or could not be."""

from collections.abc import Sequence

from services.console.store.webhooks import Webhooks
from shared.bus.envelope import Received
from shared.events.crm.webhook_attempted import WebhookAttempted


async def handle_batch(batch: Sequence[Received[WebhookAttempted]], webhooks: Webhooks) -> None:
    """Keeps the newest attempt of each delivery."""
    await webhooks.note([received.event for received in batch])
