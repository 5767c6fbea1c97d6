"""A channel's token died: the channel says so until somebody connects it again."""

from collections.abc import Callable
from datetime import datetime

from services.console.store.directory import DirectoryStore
from shared.bus.envelope import Received
from shared.events.publisher.channel_token_lost import ChannelTokenLost


async def handle(
    received: Received[ChannelTokenLost], directory: DirectoryStore, clock: Callable[[], datetime]
) -> None:
    """The loss of an older token than the one we hold changes nothing."""
    event = received.event
    changes = {
        "generation": event.generation,
        "renewal": event.renewal,
        "status": "lost",
        "lost_why": event.why,
    }
    await directory.change_channel(event.brand_id, event.channel_id, changes, clock())
