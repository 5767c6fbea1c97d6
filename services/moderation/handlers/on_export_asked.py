"""A brand's data is to be handed out."""

from shared.bus.envelope import Received
from shared.events.console.export_asked import ExportAsked
from shared.tenants import EXPORT, Tenants


async def handle(received: Received[ExportAsked], tenants: Tenants) -> None:
    """Keeps the request; the loop works it off."""
    await tenants.keep(received.event, EXPORT)
