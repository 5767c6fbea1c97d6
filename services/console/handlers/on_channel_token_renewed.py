"""Publisher renewed a channel's token: the directory carries the new sealed one on."""

from collections.abc import Callable
from datetime import datetime

from services.console.store.directory import DirectoryStore
from shared.bus.envelope import Received
from shared.events.publisher.channel_token_renewed import ChannelTokenRenewed


async def handle(
    received: Received[ChannelTokenRenewed], directory: DirectoryStore, clock: Callable[[], datetime]
) -> None:
    """The higher (generation, renewal) wins; an older one changes nothing."""
    event = received.event
    changes = {
        "token_sealed": event.token_sealed,
        "generation": event.generation,
        "renewal": event.renewal,
        "status": "active",
    }
    await directory.change_channel(event.brand_id, event.channel_id, changes, clock())
