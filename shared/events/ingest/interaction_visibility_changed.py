"""What others see of an interaction changed on its network."""

from shared.events.event import BrandEvent, Moment
from shared.events.ingest.parts import PLACE_EXAMPLE, Place
from shared.events.topics import INTERACTIONS


class InteractionVisibilityChanged(BrandEvent):
    """An interaction became public, held, hidden, spam or trash on its network, whoever caused it."""

    TOPIC = INTERACTIONS
    EXAMPLE = {
        "brand_id": "br-kerlann",
        "interaction_id": "b3b6f5b4-6a8e-5c5f-8d0f-1f1f5c0a7e21",
        "place": PLACE_EXAMPLE,
        "visibility": "hidden",
        "sighting": 3,
        "seen_at": "2026-11-25T09:11:00Z",
    }

    interaction_id: str
    place: Place
    visibility: str
    sighting: int
    seen_at: Moment

    def subject(self) -> str:
        """The interaction."""
        return self.interaction_id

    def ordering(self) -> str:
        """A conversation stays together."""
        return self.place.thread_id

    def identity(self) -> tuple[str | int, ...]:
        """Ingest's own counter of looks."""
        return (self.epoch, self.sighting)
