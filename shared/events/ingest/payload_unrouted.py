"""A change for an account that nobody here knows."""

from shared.events.event import Event, Moment
from shared.events.topics import UNROUTED


class PayloadUnrouted(Event):
    """A verified change for an account that no brand has connected; kept so that nothing accepted is lost."""

    TOPIC = UNROUTED
    EXAMPLE = {
        "network": "facebook",
        "account_id": "40404",
        "external_id": "40404_1",
        "kind": "feed.comment.add",
        "body": '{"item":"comment","verb":"add","comment_id":"40404_1","message":"Hello"}',
        "receipt_id": "4c0a2f0e-5b8f-4f0e-9a3b-90a1c9d1e002",
        "part": 0,
        "received_at": "2026-11-25T09:00:00.400Z",
    }

    network: str
    account_id: str
    external_id: str
    kind: str
    body: str
    receipt_id: str
    part: int
    received_at: Moment

    def owner_id(self) -> str:
        """No brand: the account stands in."""
        return f"{self.network}:{self.account_id}"

    def subject(self) -> str:
        """The object as its network names it."""
        return f"{self.network}/{self.account_id}/{self.external_id}"

    def ordering(self) -> str:
        """All that is said about one object stays together."""
        return self.external_id

    def identity(self) -> tuple[str | int, ...]:
        """Which part of which call."""
        return (self.receipt_id, self.part)
