"""What requests about a whole brand, and the services' answers to them, have in common."""

from shared.events.event import BrandEvent, Moment
from shared.events.topics import REQUESTS

ASKED = {
    "brand_id": "br-kerlann",
    "request_id": "1c6e0d9a-5a43-4c4f-9d62-2f0f7e2b7d01",
    "by": "ines@rivage.example",
    "why": "the contract has ended",
    "at": "2026-11-21T09:00:00Z",
}
ANSWERED = {
    "brand_id": "br-kerlann",
    "request_id": "1c6e0d9a-5a43-4c4f-9d62-2f0f7e2b7d01",
    "service": "moderation",
    "counts": {"cases": 12, "interactions": 2210, "files": 3},
    "at": "2026-11-21T09:00:04Z",
}


class Asked(BrandEvent):
    """Who asked (`by`) and why; each service answers once."""

    TOPIC = REQUESTS

    request_id: str
    by: str
    why: str
    at: Moment

    def subject(self) -> str:
        """The request."""
        return self.request_id

    def identity(self) -> tuple[str | int, ...]:
        """Asked once."""
        return ()


class Answered(BrandEvent):
    """`service` is done with `request_id`; `counts` are documents by collection, and `files`."""

    TOPIC = REQUESTS

    request_id: str
    service: str
    counts: dict[str, int]
    at: Moment

    def subject(self) -> str:
        """The request."""
        return self.request_id

    def identity(self) -> tuple[str | int, ...]:
        """One answer a service."""
        return (self.service,)
