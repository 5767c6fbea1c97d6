"""A channel's token is about to end, and its network gives no other one for it."""

from shared.events.event import BrandEvent, Moment
from shared.events.topics import ACTIONS


class ChannelTokenEnding(BrandEvent):
    """The channel's token works, ends soon and cannot be renewed: somebody should connect the channel again."""

    TOPIC = ACTIONS
    EXAMPLE = {
        "brand_id": "br-kerlann",
        "channel_id": "ch-kerlann-li",
        "generation": 1,
        "renewal": 5,
        "ends_at": "2026-12-05T03:00:00Z",
        "why": "its refresh token ends with it, after a year",
        "at": "2026-11-25T03:00:00Z",
    }

    channel_id: str
    generation: int
    renewal: int
    ends_at: Moment | None = None
    why: str = ""
    at: Moment

    def subject(self) -> str:
        """The channel."""
        return self.channel_id

    def identity(self) -> tuple[str | int, ...]:
        """Once a token."""
        return (self.generation, self.renewal)
