"""A person on a network is somebody whom another system knows."""

from collections.abc import Sequence

from services.console.store.contacts import Contacts
from shared.bus.envelope import Received
from shared.events.crm.contact_linked import ContactLinked


async def handle_batch(batch: Sequence[Received[ContactLinked]], contacts: Contacts) -> None:
    """Keeps the newest state of each contact."""
    await contacts.fold([received.event for received in batch])
