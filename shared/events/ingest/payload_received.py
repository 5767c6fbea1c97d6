"""One change as a network sent it."""

from shared.events.event import BrandEvent, Moment
from shared.events.topics import RAW, RAW_BACKFILL, RAW_OVERFLOW, Topic

LANES = {"main": RAW, "overflow": RAW_OVERFLOW, "backfill": RAW_BACKFILL}


class PayloadReceived(BrandEvent):
    """One change, its exact text, before anyone interpreted it.

    `receipt_id` names the webhook call or poll it came with and `part` its place there; `whole_sha256` is the
    digest of the call's whole body. `lane` is main, overflow (the brand is over its rate) or backfill.
    """

    TOPIC = RAW
    EXAMPLE = {
        "brand_id": "br-kerlann",
        "channel_id": "ch-kerlann-fb",
        "network": "facebook",
        "account_id": "1029",
        "external_id": "1029_2210",
        "kind": "feed.comment.add",
        "body": '{"item":"comment","verb":"add","comment_id":"1029_2210","message":"Bonjour"}',
        "receipt_id": "4c0a2f0e-5b8f-4f0e-9a3b-90a1c9d1e001",
        "part": 0,
        "whole_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "via": "webhook",
        "received_at": "2026-11-25T09:00:00.400Z",
    }

    channel_id: str
    network: str
    account_id: str
    external_id: str
    kind: str
    body: str
    receipt_id: str
    part: int
    whole_sha256: str = ""
    via: str
    received_at: Moment
    lane: str = "main"

    def subject(self) -> str:
        """The object as its network names it."""
        return f"{self.channel_id}/{self.external_id}"

    def ordering(self) -> str:
        """All that is said about one object stays together."""
        return self.external_id

    def identity(self) -> tuple[str | int, ...]:
        """Which part of which call."""
        return (self.receipt_id, self.part)

    def topic(self) -> Topic:
        """Its lane."""
        return LANES[self.lane]
