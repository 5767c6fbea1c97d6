"""What facts about posts, deliveries and actions share."""

from pydantic import Field

from shared.events.event import BrandEvent, Moment, Part
from shared.events.ingest.parts import PLACE_EXAMPLE, Media, Place
from shared.events.topics import ACTIONS, POSTS


class RenditionPart(Part):
    """The post in one network's codes for one channel; `language` (`fr`) is empty where nobody says it."""

    channel_id: str
    network: str
    text: str
    title: str = ""
    link: str = ""
    media: list[Media] = Field(default_factory=list)
    language: str = ""


class PostFact(BrandEvent):
    """A post's whole state after something happened to it; the higher `seq` wins.

    `state` is draft, waiting (for approval), approved, scheduled, cancelled, going_out or published; `due_at` the
    moment it leaves (until it is scheduled: is planned to), chosen in the brand's `timezone`.
    """

    TOPIC = POSTS

    post_id: str
    seq: int
    state: str
    title: str = ""
    renditions: list[RenditionPart] = Field(default_factory=list)
    due_at: Moment | None = None
    timezone: str = "UTC"
    author: str
    approved_by: str = ""
    person: str
    why: str = ""
    at: Moment

    def subject(self) -> str:
        """The post."""
        return self.post_id

    def identity(self) -> tuple[str | int, ...]:
        """The post's own number."""
        return (self.epoch, self.seq)


class DeliveryFact(BrandEvent):
    """What became of one rendition's delivery on one channel; the higher `seq` of the delivery wins."""

    TOPIC = POSTS

    post_id: str
    delivery_id: str
    channel_id: str
    network: str
    seq: int
    attempts: int = 1
    why: str = ""
    at: Moment

    def subject(self) -> str:
        """The delivery."""
        return self.delivery_id

    def ordering(self) -> str:
        """A post and its deliveries stay together."""
        return self.post_id

    def identity(self) -> tuple[str | int, ...]:
        """The delivery's own number."""
        return (self.epoch, self.seq)


class ActionFact(BrandEvent):
    """What became of an action (reply, hide, show, delete) asked of a network about an interaction.

    `cause` is the id of the verdict, decision or command that asked; `person` is empty where a rule did.
    """

    TOPIC = ACTIONS

    action_id: str
    action: str
    interaction_id: str
    place: Place
    seq: int
    cause: str
    person: str = ""
    why: str = ""
    at: Moment

    def subject(self) -> str:
        """The action."""
        return self.action_id

    def ordering(self) -> str:
        """A conversation stays together."""
        return self.place.thread_id

    def identity(self) -> tuple[str | int, ...]:
        """The action's own number."""
        return (self.epoch, self.seq)


POST_EXAMPLE = {
    "brand_id": "br-kerlann",
    "post_id": "8e6f1f0a-90d1-4f55-8d57-0a7a1d1b0c01",
    "seq": 1,
    "state": "draft",
    "title": "La vareuse revient",
    "renditions": [
        {"channel_id": "ch-kerlann-fb", "network": "facebook", "text": "La vareuse revient en bleu d'orage."}
    ],
    "timezone": "Europe/Paris",
    "author": "ines",
    "person": "ines",
    "at": "2026-11-24T15:00:00Z",
}
DELIVERY_EXAMPLE = {
    "brand_id": "br-kerlann",
    "post_id": "8e6f1f0a-90d1-4f55-8d57-0a7a1d1b0c01",
    "delivery_id": "c2d9f4de-3b1a-5d61-8e0c-2f6b6d1a7b02",
    "channel_id": "ch-kerlann-fb",
    "network": "facebook",
    "seq": 4,
    "at": "2026-11-24T18:30:01Z",
}
ACTION_EXAMPLE = {
    "brand_id": "br-kerlann",
    "action_id": "f2b8a2b1-1c58-5f2e-8c9f-50f1f1a0a903",
    "action": "hide",
    "interaction_id": "b3b6f5b4-6a8e-5c5f-8d0f-1f1f5c0a7e21",
    "place": PLACE_EXAMPLE,
    "seq": 2,
    "cause": "5a2d9f60-7e0f-5f6e-9c55-0a5c7d0e1b02",
    "at": "2026-11-25T09:05:09Z",
}
