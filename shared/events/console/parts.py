"""What facts about holds share."""

from pydantic import Field

from shared.events.event import BrandEvent, Moment, Part
from shared.events.topics import DIRECTORY


class HoldPart(Part):
    """One open hold of a brand. A hold of a group of brands (`scope` group) or of all is one `hold_id` on many.

    `shut` are the steps that it still shuts: moderation (hide, show, delete), replies, posts, spend. A step is open
    for the brand only where no hold shuts it.
    """

    hold_id: str
    scope: str = "brand"
    shut: list[str]
    person: str
    why: str
    since: Moment


class HoldFact(BrandEvent):
    """The brand's whole list of open holds after one was set or released a step; the higher `seq` wins.

    `hold_id`, `steps`, `person` and `why` say what happened just now: which steps were shut or released, by whom.
    """

    TOPIC = DIRECTORY

    holds: list[HoldPart] = Field(default_factory=list)
    hold_id: str
    steps: list[str]
    person: str
    why: str = ""
    seq: int
    at: Moment

    def subject(self) -> str:
        """The brand."""
        return self.brand_id

    def ordering(self) -> str:
        """Compaction keeps the newest list of a brand."""
        return "hold"

    def identity(self) -> tuple[str | int, ...]:
        """Its own number."""
        return (self.epoch, self.seq)


HOLD_EXAMPLE = {
    "brand_id": "br-kerlann",
    "holds": [
        {
            "hold_id": "2b7c9f0e-4f0a-4a52-9a0b-6f3f1c0d5e01",
            "scope": "brand",
            "shut": ["replies", "posts", "spend"],
            "person": "ines",
            "why": "Lorient parcels: nothing leaves until we know",
            "since": "2026-11-25T09:05:00Z",
        }
    ],
    "hold_id": "2b7c9f0e-4f0a-4a52-9a0b-6f3f1c0d5e01",
    "steps": ["replies", "posts", "spend"],
    "person": "ines",
    "why": "Lorient parcels: nothing leaves until we know",
    "seq": 1,
    "at": "2026-11-25T09:05:00Z",
}
