"""A channel's token died."""

from shared.events.event import BrandEvent, Moment
from shared.events.topics import ACTIONS


class ChannelTokenLost(BrandEvent):
    """The network no longer accepts the channel's token; the channel must be connected again."""

    TOPIC = ACTIONS
    EXAMPLE = {
        "brand_id": "br-kerlann",
        "channel_id": "ch-kerlann-fb",
        "generation": 1,
        "renewal": 2,
        "why": "Error validating access token",
        "at": "2026-11-25T03:00:00Z",
    }

    channel_id: str
    generation: int
    renewal: int
    why: str = ""
    at: Moment

    def subject(self) -> str:
        """The channel."""
        return self.channel_id

    def identity(self) -> tuple[str | int, ...]:
        """Once a token."""
        return (self.generation, self.renewal)
