"""Another system says something else of a contact."""

from collections.abc import Sequence

from services.console.store.contacts import Contacts
from shared.bus.envelope import Received
from shared.events.crm.contact_updated import ContactUpdated


async def handle_batch(batch: Sequence[Received[ContactUpdated]], contacts: Contacts) -> None:
    """Keeps the newest state of each contact."""
    await contacts.fold([received.event for received in batch])
