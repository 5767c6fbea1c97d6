"""What console says of agencies, brands and channels, as the directory has it."""

from datetime import datetime
from typing import TYPE_CHECKING

from shared.bus.envelope import EncodedMessage, Outgoing
from shared.events.console.agency_changed import AgencyChanged
from shared.events.console.brand_changed import BrandChanged
from shared.events.console.channel_changed import ChannelChanged
from shared.events.event import Event
from shared.events.topics import DIRECTORY
from shared.mongo.operations import Document

if TYPE_CHECKING:
    from shared.mongo.transactions import Transaction

OWN_FIELDS = frozenset({"_id", "lost_why", "ending", "tone"})


def state(tx: "Transaction", event: Event, now: datetime) -> None:
    """With the write that it tells of."""
    tx.emit(Outgoing.first(event, now=now))


def agency_stated(agency: Document) -> AgencyChanged:
    """The newest statement about an agency."""
    return AgencyChanged(agency_id=agency["_id"], name=agency["name"], seq=agency["seq"])


def brand_stated(brand: Document) -> BrandChanged:
    """The newest statement about a brand."""
    return BrandChanged.model_validate(_body(brand))


def channel_stated(channel: Document) -> ChannelChanged:
    """The newest statement about a channel."""
    return ChannelChanged.model_validate(_body(channel))


def erased(key: str) -> EncodedMessage:
    """What takes a key out of the directory."""
    return EncodedMessage(DIRECTORY.name, key.encode(), None, [])


def _body(document: Document) -> Document:
    return {name: value for name, value in document.items() if name not in OWN_FIELDS}
