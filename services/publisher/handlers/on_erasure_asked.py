"""A brand's data is to be erased."""

from shared.bus.envelope import Received
from shared.events.console.erasure_asked import ErasureAsked
from shared.tenants import ERASURE, Tenants


async def handle(received: Received[ErasureAsked], tenants: Tenants) -> None:
    """Keeps the request; the loop works it off."""
    await tenants.keep(received.event, ERASURE)
