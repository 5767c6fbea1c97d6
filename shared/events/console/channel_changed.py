"""A channel's whole state."""

from pydantic import Field

from shared.events.event import BrandEvent, Moment
from shared.events.topics import DIRECTORY


class ChannelChanged(BrandEvent):
    """A channel as it is now; the higher `seq` wins, and of tokens the higher (generation, renewal).

    `token_sealed` is ciphertext for ingest and publisher alone. `status` is active, lost (its token died) or
    disconnected. What was said before `connected_at` is backfill, and nothing acts on it by rule. `codes` are what
    the account's own server allows, where that differs from server to server.
    """

    TOPIC = DIRECTORY
    EXAMPLE = {
        "brand_id": "br-kerlann",
        "channel_id": "ch-kerlann-fb",
        "network": "facebook",
        "account_id": "1029",
        "name": "Kerlann",
        "base_url": "http://127.0.0.1:8800/facebook",
        "token_sealed": "c2VhbGVk",
        "generation": 1,
        "connected_at": "2026-11-20T08:00:00Z",
        "seq": 1,
    }

    channel_id: str
    network: str
    account_id: str
    name: str
    handle: str = ""
    base_url: str
    token_sealed: str = ""
    generation: int = 1
    renewal: int = 0
    status: str = "active"
    connected_at: Moment
    settings: dict[str, str] = Field(default_factory=dict)
    codes: dict[str, int] = Field(default_factory=dict)
    seq: int

    def subject(self) -> str:
        """The channel."""
        return self.channel_id

    def ordering(self) -> str:
        """Compaction keeps one message a channel."""
        return f"channel:{self.channel_id}"

    def identity(self) -> tuple[str | int, ...]:
        """Its own number."""
        return (self.epoch, self.seq)
