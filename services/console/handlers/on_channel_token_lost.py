"""A channel's token died: the channel says so until somebody connects it again."""

from collections.abc import Callable
from datetime import datetime

from services.console.domain.alerts import cause_of, fresh
from services.console.store.alert_causes import Causes
from services.console.store.directory import DirectoryStore
from shared.bus.envelope import Received
from shared.events.publisher.channel_token_lost import ChannelTokenLost


async def handle(
    received: Received[ChannelTokenLost], directory: DirectoryStore, clock: Callable[[], datetime], causes: Causes
) -> None:
    """The loss of an older token than the one we hold changes nothing, and nobody is told."""
    event = received.event
    changes = {
        "generation": event.generation,
        "renewal": event.renewal,
        "status": "lost",
        "lost_why": event.why,
    }
    channel = await directory.change_channel(event.brand_id, event.channel_id, changes, clock())
    if channel is None or channel["status"] != "lost" or not fresh(event.at, received.cause.replayed_from, clock()):
        return
    facts = {"channel_id": event.channel_id, "network": channel["network"], "name": channel["name"], "why": event.why}
    number = f"{event.generation}.{event.renewal}"
    cause = cause_of("token_lost", event.brand_id, event.channel_id, number, event.at, facts)
    await causes.put([cause], received.read_at)
