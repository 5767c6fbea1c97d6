"""A channel's token was refreshed."""

from shared.events.event import BrandEvent, Moment
from shared.events.topics import ACTIONS


class ChannelTokenRenewed(BrandEvent):
    """Publisher refreshed a token; only its sealed form travels. The higher (generation, renewal) wins."""

    TOPIC = ACTIONS
    EXAMPLE = {
        "brand_id": "br-kerlann",
        "channel_id": "ch-kerlann-fb",
        "generation": 1,
        "renewal": 2,
        "token_sealed": "c2VhbGVk",
        "at": "2026-11-25T03:00:00Z",
    }

    channel_id: str
    generation: int
    renewal: int
    token_sealed: str
    at: Moment

    def subject(self) -> str:
        """The channel."""
        return self.channel_id

    def identity(self) -> tuple[str | int, ...]:
        """Once a token."""
        return (self.generation, self.renewal)
