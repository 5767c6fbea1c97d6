"""What is kept of a person is to be erased."""

from shared.bus.envelope import Received
from shared.events.console.person_erasure_asked import PersonErasureAsked
from shared.persons import Persons


async def handle(received: Received[PersonErasureAsked], persons: Persons) -> None:
    """Keeps the request; the loop works it off."""
    await persons.keep(received.event)
