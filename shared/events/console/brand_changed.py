"""A brand's whole state."""

from pydantic import Field

from shared.events.event import BrandEvent
from shared.events.topics import DIRECTORY


class BrandChanged(BrandEvent):
    """A brand as it is now; the higher `seq` wins.

    `approval` is none or one (a second person approves posts); `late_after` the minutes after which what is due no
    longer leaves by itself; `promise` the minutes within which the brand means to answer; `shows_held` lets rules
    show what a network itself held on arrival.
    """

    TOPIC = DIRECTORY
    EXAMPLE = {
        "brand_id": "br-kerlann",
        "agency_id": "ag-rivage",
        "name": "Kerlann",
        "timezone": "Europe/Paris",
        "languages": ["fr"],
        "seq": 1,
    }

    agency_id: str
    name: str
    timezone: str = "UTC"
    languages: list[str] = Field(default_factory=list)
    approval: str = "one"
    late_after: int = 30
    promise: int = 120
    shows_held: bool = False
    rate_burst: int = 1000
    rate_per_second: float = 100.0
    active: bool = True
    seq: int

    def subject(self) -> str:
        """The brand."""
        return self.brand_id

    def ordering(self) -> str:
        """Compaction keeps one message a brand."""
        return "brand"

    def identity(self) -> tuple[str | int, ...]:
        """Its own number."""
        return (self.epoch, self.seq)
