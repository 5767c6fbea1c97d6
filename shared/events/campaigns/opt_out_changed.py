"""Whether a person may be addressed."""

from shared.events.event import BrandEvent, Moment
from shared.events.topics import CAMPAIGNS


class OptOutChanged(BrandEvent):
    """A person is in no audience of the brand any more (`out`), or as its criteria say again; the higher `seq` wins."""

    TOPIC = CAMPAIGNS
    EXAMPLE = {
        "brand_id": "br-kerlann",
        "person_id": "0b8f0b0e-52a3-5d6c-9a43-0c6d5f2f7a10",
        "seq": 1,
        "out": True,
        "person": "ines@rivage.example",
        "at": "2026-11-25T09:20:00Z",
    }

    person_id: str
    seq: int
    out: bool
    person: str = ""
    at: Moment

    def subject(self) -> str:
        """The person."""
        return self.person_id

    def identity(self) -> tuple[str | int, ...]:
        """The person's own number of such changes."""
        return (self.epoch, self.seq)
