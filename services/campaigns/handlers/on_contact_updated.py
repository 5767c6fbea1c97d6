"""Another system says something else of a contact."""

from collections.abc import Sequence

from services.campaigns.store.contacts import Contacts
from shared.bus.envelope import Received
from shared.events.crm.contact_updated import ContactUpdated


async def handle_batch(batch: Sequence[Received[ContactUpdated]], contacts: Contacts) -> None:
    """The people whom it names may belong to other audiences from now on."""
    await contacts.learn([received.event for received in batch], batch[0].read_at)
