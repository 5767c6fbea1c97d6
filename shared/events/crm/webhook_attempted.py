"""Another system was told, or could not be."""

from shared.events.event import BrandEvent, Moment
from shared.events.topics import ENDPOINTS


class WebhookAttempted(BrandEvent):
    """One attempt to deliver one fact to one endpoint; the higher `number` of a delivery wins.

    `state` is what the delivery is after it: waiting (again at `next_at`), delivered or failed (nothing more by
    itself). `status` is the HTTP status, 0 where none came. `webhook_id`, the told fact's own id, names it at the
    receiver.
    """

    TOPIC = ENDPOINTS
    EXAMPLE = {
        "brand_id": "br-kerlann",
        "endpoint_id": "7c6c0c0e-3f0d-4f6b-9b62-1b2d9d0e5a11",
        "delivery_id": "0f9a1f7e-64f5-5d0b-9b0e-8c8f0f7c2b10",
        "webhook_id": "5f0e7c2f-0f2b-5c55-8f6b-0a7a1d1b0c01",
        "event_type": "io.parvis.moderation.CaseEscalated.v1",
        "number": 1,
        "state": "waiting",
        "status": 503,
        "why": "503",
        "milliseconds": 84,
        "next_at": "2026-11-25T09:05:06Z",
        "at": "2026-11-25T09:05:01Z",
    }

    endpoint_id: str
    delivery_id: str
    webhook_id: str
    event_type: str
    number: int
    state: str
    status: int = 0
    why: str = ""
    milliseconds: int = 0
    next_at: Moment | None = None
    at: Moment

    def subject(self) -> str:
        """The delivery."""
        return self.delivery_id

    def ordering(self) -> str:
        """An endpoint's facts stay together."""
        return self.endpoint_id

    def identity(self) -> tuple[str | int, ...]:
        """The attempt's number."""
        return (self.epoch, self.number)
