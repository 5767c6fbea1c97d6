"""What is known of a person who speaks to a brand."""

from pydantic import Field

from shared.events.event import BrandEvent, Moment
from shared.events.topics import PEOPLE


class PersonChanged(BrandEvent):
    """A person's whole profile at one brand; the higher `seq` wins.

    Counts are of what they said: in all, by language, by mood (positive, neutral, negative), and by the topics that a
    verdict named (complaint, praise, question, …; one interaction may have several).
    """

    TOPIC = PEOPLE
    EXAMPLE = {
        "brand_id": "br-kerlann",
        "person_id": "0b8f0b0e-52a3-5d6c-9a43-0c6d5f2f7a10",
        "seq": 3,
        "network": "facebook",
        "name": "Hélène R.",
        "handle": "helene.r.voile",
        "said": 7,
        "languages": {"fr": 7},
        "topics": {"praise": 4, "question": 2},
        "moods": {"positive": 4, "neutral": 3},
        "first_seen_at": "2026-09-02T08:10:00Z",
        "last_seen_at": "2026-11-25T09:00:00Z",
    }

    person_id: str
    seq: int
    network: str = ""
    name: str = ""
    handle: str = ""
    url: str = ""
    said: int
    languages: dict[str, int] = Field(default_factory=dict)
    topics: dict[str, int] = Field(default_factory=dict)
    moods: dict[str, int] = Field(default_factory=dict)
    first_seen_at: Moment
    last_seen_at: Moment

    def subject(self) -> str:
        """The person."""
        return self.person_id

    def identity(self) -> tuple[str | int, ...]:
        """Its own number."""
        return (self.epoch, self.seq)
