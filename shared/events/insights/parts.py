"""What facts about a crisis share."""

from pydantic import Field

from shared.events.event import BrandEvent, Moment, Part
from shared.events.topics import SIGNALS


class HotThread(Part):
    """A thread in which much anger was heard."""

    channel_id: str
    thread_id: str
    negative: int


class CrisisFact(BrandEvent):
    """A fact about one brand's crisis; the higher `seq` of the brand wins.

    `negative` of `said` interactions of the last `window_seconds` were negative, by `authors` people; `usual` is how
    many the baseline expects in such a window, `threshold` how many it takes. `learning` says that the brand has less
    than 14 days of history and the baseline is of its last 24 hours and of other brands: nothing that stops spend may
    rely on it.
    """

    TOPIC = SIGNALS

    signal_id: str
    seq: int
    negative: int
    said: int
    authors: int
    usual: float
    threshold: float
    window_seconds: float
    learning: bool
    threads: list[HotThread] = Field(default_factory=list)
    since: Moment
    at: Moment

    def subject(self) -> str:
        """The signal."""
        return self.signal_id

    def ordering(self) -> str:
        """A brand's signals stay together."""
        return "signals"

    def identity(self) -> tuple[str | int, ...]:
        """The brand's own number."""
        return (self.epoch, self.seq)


CRISIS_EXAMPLE = {
    "brand_id": "br-kerlann",
    "signal_id": "3f3c2b8a-1d43-5c0e-9a67-94a1b7a3fd11",
    "seq": 1,
    "negative": 61,
    "said": 74,
    "authors": 48,
    "usual": 4.0,
    "threshold": 13.0,
    "window_seconds": 3600,
    "learning": False,
    "threads": [
        {"channel_id": "ch-kerlann-fb", "thread_id": "7f0c1a52-5d0f-5b0e-8b59-0d7c9a3a1c11", "negative": 57},
    ],
    "since": "2026-11-25T09:20:00Z",
    "at": "2026-11-25T09:20:00Z",
}
