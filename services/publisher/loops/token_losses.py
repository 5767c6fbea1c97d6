"""A network refuses a channel's token for good: said once a token, so that somebody connects the channel again."""

from dataclasses import dataclass, field

from shared.bus.envelope import Outgoing
from shared.events.console.channel_changed import ChannelChanged
from shared.events.publisher.channel_token_lost import ChannelTokenLost
from shared.networks.capabilities import TokenLost
from shared.service import Floor


@dataclass(slots=True)
class TokenLosses:
    """Those that this process has stated."""

    floor: Floor
    stated: set[tuple[str, int, int]] = field(default_factory=set)

    async def state(self, channel: ChannelChanged, error: TokenLost) -> None:
        """`ChannelTokenLost`; the loss of a token that was replaced meanwhile changes nothing for its readers."""
        mark = (channel.channel_id, channel.generation, channel.renewal)
        if mark in self.stated:
            return
        now = self.floor.clock()
        lost = ChannelTokenLost(
            brand_id=channel.brand_id,
            channel_id=channel.channel_id,
            generation=channel.generation,
            renewal=channel.renewal,
            why=str(error),
            at=now,
        )
        await self.floor.producer.send([Outgoing.first(lost, now=now)])
        self.stated.add(mark)
