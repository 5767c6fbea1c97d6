"""What is known of a person who speaks to a brand."""

from collections.abc import Sequence

from services.console.store.people import People
from shared.bus.envelope import Received
from shared.events.insights.person_changed import PersonChanged


async def handle_batch(batch: Sequence[Received[PersonChanged]], people: People) -> None:
    """Keeps the newest profile of each."""
    await people.fold([received.event for received in batch])
