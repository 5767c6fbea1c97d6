"""What all facts about a case share."""

from shared.events.event import BrandEvent, Moment
from shared.events.ingest.parts import PLACE_EXAMPLE, Place
from shared.events.topics import VERDICTS

CASE_EXAMPLE = {
    "brand_id": "br-kerlann",
    "case_id": "5a2d9f60-7e0f-5f6e-9c55-0a5c7d0e1b02",
    "interaction_id": "b3b6f5b4-6a8e-5c5f-8d0f-1f1f5c0a7e21",
    "place": PLACE_EXAMPLE,
    "revision": 1,
    "seq": 1,
    "at": "2026-11-25T09:05:00Z",
}


class CaseFact(BrandEvent):
    """A fact about a case; `seq` is the case's own number (the higher wins), `revision` the text it is about."""

    TOPIC = VERDICTS

    case_id: str
    interaction_id: str
    place: Place
    revision: int
    seq: int
    at: Moment

    def subject(self) -> str:
        """The case."""
        return self.case_id

    def ordering(self) -> str:
        """A conversation stays together."""
        return self.place.thread_id

    def identity(self) -> tuple[str | int, ...]:
        """The case's own number."""
        return (self.epoch, self.seq)
