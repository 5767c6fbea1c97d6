"""Every delivery of a post has ended."""

from shared.events.event import BrandEvent, Moment, Part
from shared.events.topics import POSTS


class End(Part):
    """How one channel's delivery ended: confirmed, rejected, stranded or cancelled."""

    channel_id: str
    network: str
    state: str
    url: str = ""
    why: str = ""


class PostPublished(BrandEvent):
    """Every delivery has ended, at least one confirmed; carries each end."""

    TOPIC = POSTS
    EXAMPLE = {
        "brand_id": "br-kerlann",
        "post_id": "8e6f1f0a-90d1-4f55-8d57-0a7a1d1b0c01",
        "seq": 7,
        "ends": [{"channel_id": "ch-kerlann-fb", "network": "facebook", "state": "confirmed"}],
        "at": "2026-11-24T18:30:02Z",
    }

    post_id: str
    seq: int
    ends: list[End]
    at: Moment

    def subject(self) -> str:
        """The post."""
        return self.post_id

    def identity(self) -> tuple[str | int, ...]:
        """The post's own number."""
        return (self.epoch, self.seq)
