"""What is kept of a person is to be erased."""

from services.console.store.erasures import Erasures
from shared.bus.envelope import Received
from shared.events.console.person_erasure_asked import PersonErasureAsked
from shared.persons import Persons


async def handle(received: Received[PersonErasureAsked], persons: Persons, erasures: Erasures) -> None:
    """Keeps the request; the loop works it off."""
    await erasures.learn(received.event)
    await persons.keep(received.event)
