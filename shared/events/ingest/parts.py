"""The structures that interactions are made of."""

from pydantic import Field

from shared.events.event import BrandEvent, Moment, Part
from shared.events.topics import INTERACTIONS


class Author(Part):
    """Who said it, as the network names them; `id` is ours."""

    id: str
    external_id: str
    name: str = ""
    handle: str = ""
    url: str = ""


class Media(Part):
    """An image or video beside the text."""

    url: str
    type: str = ""
    alt: str = ""


class Place(Part):
    """Where an interaction stands, with what its network needs to find it again."""

    network: str
    channel_id: str
    external_id: str
    thread_id: str
    thread_external_id: str
    parent_external_id: str = ""
    permalink: str = ""
    extra: dict[str, str] = Field(default_factory=dict)


class InteractionText(BrandEvent):
    """One revision of an interaction's text, with all a reader needs who never saw an earlier one.

    `said_at` is the network's time, `seen_at` ours (the receipt of the raw change); `sighting` is ingest's own
    counter of looks, `via` how this one came (webhook, poll, read).
    """

    TOPIC = INTERACTIONS

    interaction_id: str
    place: Place
    kind: str
    author: Author
    author_is_brand: bool = False
    text: str
    language: str = ""
    media: list[Media] = Field(default_factory=list)
    said_at: Moment
    seen_at: Moment
    revision: int
    sighting: int
    visibility: str = "public"
    backfill: bool = False
    via: str = "webhook"

    def subject(self) -> str:
        """The interaction."""
        return self.interaction_id

    def ordering(self) -> str:
        """A conversation stays together."""
        return self.place.thread_id

    def identity(self) -> tuple[str | int, ...]:
        """Its revision, within a life of the store."""
        return (self.epoch, self.revision)


PLACE_EXAMPLE = {
    "network": "facebook",
    "channel_id": "ch-kerlann-fb",
    "external_id": "1029_2210",
    "thread_id": "7f0c1a52-5d0f-5b0e-8b59-0d7c9a3a1c11",
    "thread_external_id": "1029",
    "parent_external_id": "1029",
    "permalink": "https://facebook.example/kerlann/posts/1029?comment_id=2210",
}
AUTHOR_EXAMPLE = {
    "id": "0b8f0b0e-52a3-5d6c-9a43-0c6d5f2f7a10",
    "external_id": "88123",
    "name": "Hélène R.",
    "handle": "helene.r.voile",
}
