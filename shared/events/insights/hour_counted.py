"""What one hour of a channel amounts to."""

from pydantic import Field

from shared.events.event import BrandEvent, Moment
from shared.events.topics import SERIES


class HourCounted(BrandEvent):
    """Full values of a channel's hour (UTC), by the network's time at which things were said; the higher `seq` wins.

    `said` are people's interactions, `backfilled` those of them from before the channel was connected, `own` what the
    brand's account said. `outcomes` and `moods` (positive, neutral, negative) are of the newest verdicts.
    `answered` never counts backfill; `answer_seconds` is the sum, `answered_within` how many were answered within so
    many minutes and not within fewer (or `later`).
    """

    TOPIC = SERIES
    EXAMPLE = {
        "brand_id": "br-kerlann",
        "channel_id": "ch-kerlann-fb",
        "network": "facebook",
        "hour": "2026-11-25T09:00:00Z",
        "seq": 14,
        "said": 42,
        "own": 6,
        "judged": 42,
        "outcomes": {"allow": 40, "hide": 2},
        "moods": {"neutral": 30, "negative": 7, "positive": 5},
        "answered": 5,
        "answer_seconds": 2100,
        "answered_within": {"5": 3, "15": 2},
    }

    channel_id: str
    network: str
    hour: Moment
    seq: int
    said: int = 0
    backfilled: int = 0
    own: int = 0
    edited: int = 0
    deleted: int = 0
    judged: int = 0
    outcomes: dict[str, int] = Field(default_factory=dict)
    moods: dict[str, int] = Field(default_factory=dict)
    answered: int = 0
    answer_seconds: int = 0
    answered_within: dict[str, int] = Field(default_factory=dict)

    def subject(self) -> str:
        """The channel's hour."""
        return f"{self.channel_id}:{self.hour:%Y-%m-%dT%H}"

    def ordering(self) -> str:
        """A channel's hours stay together."""
        return self.channel_id

    def identity(self) -> tuple[str | int, ...]:
        """Its own number."""
        return (self.epoch, self.seq)
