"""Where another system is told what happens."""

from pydantic import Field

from shared.events.event import BrandEvent, Moment
from shared.events.topics import ENDPOINTS


class EndpointChanged(BrandEvent):
    """A webhook endpoint's whole state (never its secret); the higher `seq` wins.

    `state` is active, paused, disabled (by its own 410, or after days of failures alone: `why`) or deleted;
    `events` are the names of the facts that it chose.
    """

    TOPIC = ENDPOINTS
    EXAMPLE = {
        "brand_id": "br-kerlann",
        "endpoint_id": "7c6c0c0e-3f0d-4f6b-9b62-1b2d9d0e5a11",
        "seq": 1,
        "url": "https://crm.example/hooks/parvis",
        "description": "tickets",
        "events": ["CaseEscalated"],
        "state": "active",
        "person": "ines",
        "created_at": "2026-11-25T09:00:00Z",
        "at": "2026-11-25T09:00:00Z",
    }

    endpoint_id: str
    seq: int
    url: str
    description: str = ""
    events: list[str] = Field(default_factory=list)
    state: str
    why: str = ""
    person: str = ""
    created_at: Moment
    at: Moment

    def subject(self) -> str:
        """The endpoint."""
        return self.endpoint_id

    def identity(self) -> tuple[str | int, ...]:
        """The endpoint's own number."""
        return (self.epoch, self.seq)
