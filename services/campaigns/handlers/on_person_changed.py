"""More is known of a person."""

from collections.abc import Sequence

from services.campaigns.store.profiles import Profiles
from shared.bus.envelope import Received
from shared.events.insights.person_changed import PersonChanged


async def handle_batch(batch: Sequence[Received[PersonChanged]], profiles: Profiles) -> None:
    """They belong to other audiences from now on."""
    await profiles.learn([received.event for received in batch], batch[0].read_at)
