"""A brand's data is to be erased."""

from services.console.store.requests import Requests
from shared.bus.envelope import Received
from shared.events.console.erasure_asked import ErasureAsked
from shared.tenants import ERASURE, Tenants


async def handle(received: Received[ErasureAsked], tenants: Tenants, requests: Requests) -> None:
    """Keeps the request; the loop works it off."""
    await requests.learn(received.event)
    await tenants.keep(received.event, ERASURE)
