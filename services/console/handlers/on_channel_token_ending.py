"""A channel's token ends and cannot be renewed: the channel says so until somebody connects it again."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from services.console.domain.alerts import cause_of, fresh
from services.console.store.alert_causes import Causes
from services.console.store.directory import DirectoryStore
from shared.bus.envelope import Received
from shared.events.publisher.channel_token_ending import ChannelTokenEnding


async def handle(
    received: Received[ChannelTokenEnding], directory: DirectoryStore, clock: Callable[[], datetime], causes: Causes
) -> None:
    """Of an older token than the one that we hold it says nothing, and nobody is told."""
    event = received.event
    channel = await directory.channel(event.brand_id, event.channel_id)
    if channel is None or (event.generation, event.renewal) < max(map(_number, (channel, channel.get("ending") or {}))):
        return
    ending = {"generation": event.generation, "renewal": event.renewal, "why": event.why, "at": event.ends_at}
    await directory.change_channel(event.brand_id, event.channel_id, {"ending": ending}, clock())
    if not fresh(event.at, received.cause.replayed_from, clock()):
        return
    facts: dict[str, Any] = {
        "channel_id": event.channel_id,
        "network": channel["network"],
        "name": channel["name"],
        "why": event.why,
    }
    facts |= {"generation": event.generation, "renewal": event.renewal, "ends_at": event.ends_at}
    occurrence = f"{event.generation}.{event.renewal}"
    cause = cause_of("token_ending", event.brand_id, event.channel_id, occurrence, event.at, facts)
    await causes.put([cause], received.read_at)


def _number(token: Mapping[str, Any]) -> tuple[int, int]:
    return token.get("generation", 0), token.get("renewal", 0)
