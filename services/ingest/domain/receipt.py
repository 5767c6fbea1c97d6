"""Turns what a network sent, whole, into one raw event a change."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.events.console.channel_changed import ChannelChanged
from shared.events.event import Event
from shared.events.ingest.payload_received import PayloadReceived
from shared.events.ingest.payload_unrouted import PayloadUnrouted
from shared.networks.capabilities import RawChange

LARGEST_CHANGE = 1_000_000  # a message holds three times as much: JSON within JSON is at most twice as long
GONE = "gone"  # the kind of a change that we state ourselves, after a network's own 404 or 410


class ChangeTooLarge(ValueError):
    """One change alone is larger than the stream takes."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One webhook call or one poll: its id, how it came, when, and the digest of its whole body."""

    receipt_id: str
    via: str
    at: datetime
    whole_sha256: str = ""


def digest(body: bytes) -> str:
    """SHA-256 of a whole body, in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def events(
    receipt: Receipt,
    changes: Sequence[RawChange],
    channel_of: Callable[[RawChange], ChannelChanged | None],
    lane_of: Callable[[RawChange, ChannelChanged], str],
) -> Iterator[Event]:
    """One event a change, in order. Raises `ChangeTooLarge`."""
    for part, change in enumerate(changes):
        if len(change.body) > LARGEST_CHANGE:
            raise ChangeTooLarge(f"change {part} has {len(change.body)} bytes; at most {LARGEST_CHANGE} are taken")
        channel = channel_of(change)
        if channel is None:
            yield _unrouted(receipt, part, change)
        else:
            yield _routed(receipt, part, change, channel, lane_of(change, channel))


def _unrouted(receipt: Receipt, part: int, change: RawChange) -> PayloadUnrouted:
    return PayloadUnrouted(
        network=change.network,
        account_id=change.account_id,
        external_id=change.external_id,
        kind=change.kind,
        body=change.body.decode(),
        receipt_id=receipt.receipt_id,
        part=part,
        received_at=receipt.at,
    )


def _routed(receipt: Receipt, part: int, change: RawChange, channel: ChannelChanged, lane: str) -> PayloadReceived:
    return PayloadReceived(
        brand_id=channel.brand_id,
        channel_id=channel.channel_id,
        network=channel.network,
        account_id=channel.account_id,
        external_id=change.external_id,
        kind=change.kind,
        body=change.body.decode(),
        receipt_id=receipt.receipt_id,
        part=part,
        whole_sha256=receipt.whole_sha256,
        via=receipt.via,
        received_at=receipt.at,
        lane=lane,
    )
