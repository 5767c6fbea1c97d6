"""What a network can do for us, as protocols; a client implements those that its network offers.

Outward calls end in exactly one of: a value, `Refused` (a definitive 4xx), `RateLimited` or `NotSent` (proved
that nothing was created), `TokenLost`, or `OutcomeUnknown` (everything else; never retried blindly).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, runtime_checkable

from shared.networks.grants import Grant

VisibilityResult = Literal["done", "already", "gone"]
Settings = Mapping[str, Any] | None
LONGEST_WAIT = 3600.0


@dataclass(frozen=True, slots=True)
class Account:
    """A channel as its network's client needs it. `token` is plain text, never to be logged or sent on."""

    channel_id: str
    brand_id: str
    account_id: str
    base_url: str
    token: str = field(repr=False)
    settings: Mapping[str, Any] = field(default_factory=dict)
    grant: Grant | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """An image or video: where it is, its MIME type, its alternative text."""

    url: str
    type: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Rendition:
    """One post in one network's codes."""

    text: str
    title: str = ""
    link: str = ""
    media: Sequence[Media] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """The object on the network that an action is about."""

    external_id: str
    thread_external_id: str
    author_handle: str = ""
    author_external_id: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeliveryKey:
    """What stays the same over all attempts of one delivery: client-chosen ids derive from it."""

    delivery_id: str
    created_at: datetime
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class Published:
    """The network's own id (and version, where it has one) of what was created."""

    remote_id: str
    url: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class RawChange:
    """One change as it came: `body` is the exact bytes (of the split part, as JSON)."""

    network: str
    account_id: str
    external_id: str
    kind: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Author:
    """Who said it, as the network names them."""

    external_id: str
    name: str = ""
    handle: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One look at an object. `version`: the network's own mark of a text, or empty. `noticed`: only ids came."""

    kind: Literal["created", "edited", "deleted", "visibility", "noticed"]
    external_id: str
    thread_external_id: str
    author: Author
    text: str = ""
    parent_external_id: str = ""
    interaction_kind: str = "comment"
    author_is_brand: bool = False
    language: str = ""
    media: Sequence[Media] = ()
    said_at: datetime | None = None
    version: str = ""
    visibility: str = "public"
    permalink: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """What one poll saw. `cursor` is JSON-safe and opaque to the caller; `total` where the network tells one."""

    changes: Sequence[RawChange]
    cursor: Mapping[str, Any]
    covered_from: datetime | None = None
    covered_until: datetime | None = None
    total: int | None = None
    more: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the codes say about a rendition; errors block, warnings inform."""

    level: Literal["error", "warning"]
    rule: str
    message_en: str
    message_fr: str
    value: int = 0
    limit: int = 0


class Gone(Exception):
    """The network says 404 or 410: the object is no more."""


class Refused(Exception):
    """A definitive refusal: the request was understood and nothing was created. `code` is the network's own."""

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.reason, self.code = reason, code


class RateLimited(Exception):
    """Nothing was created; ask again after `after` seconds. No network is believed that it takes over an hour."""

    def __init__(self, after: float, reason: str = "rate limited") -> None:
        self.after = min(LONGEST_WAIT, max(0.0, after))  # in this order: NaN is no wait
        super().__init__(f"{reason}; retry after {self.after:g} s")


class TokenLost(Exception):
    """The network no longer accepts the channel's token."""


@runtime_checkable
class Publishing(Protocol):
    """Can say things. At most one create call each; never a hidden retry."""

    async def publish(self, account: Account, rendition: Rendition, delivery: DeliveryKey) -> Published: ...

    async def reply(self, account: Account, target: Target, text: str, delivery: DeliveryKey) -> Published: ...


@runtime_checkable
class Settling(Protocol):
    """Can be asked whether an unknown delivery is there; `commit_bound` seconds after a cut nothing is committed."""

    commit_bound: float

    async def find_post(
        self, account: Account, rendition: Rendition, delivery: DeliveryKey, since: datetime
    ) -> Sequence[Published]: ...

    async def find_reply(
        self, account: Account, target: Target, text: str, delivery: DeliveryKey, since: datetime
    ) -> Sequence[Published]: ...


@runtime_checkable
class Moderating(Protocol):
    """Can change what others see. `actions`: what this network has of hide, show, delete (`own_only`: on own words)."""

    actions: frozenset[str]

    async def hide(self, account: Account, target: Target) -> VisibilityResult: ...

    async def show(self, account: Account, target: Target) -> VisibilityResult: ...

    async def delete(self, account: Account, target: Target) -> VisibilityResult: ...


@runtime_checkable
class Polling(Protocol):
    """Can be read. `read` raises `Gone` on 404 and 410."""

    async def poll(self, account: Account, cursor: Mapping[str, Any]) -> Page: ...

    async def read(self, account: Account, external_id: str, extra: Mapping[str, Any]) -> RawChange: ...


@runtime_checkable
class Webhooks(Protocol):
    """Calls us. `split` yields one change a part, of several accounts where the body holds several."""

    def verify(self, headers: Mapping[str, str], body: bytes, secret: str) -> bool: ...

    def handshake(self, params: Mapping[str, str], secret: str) -> str | None: ...

    def split(self, body: bytes) -> Sequence[RawChange]: ...


@runtime_checkable
class Normalising(Protocol):
    """Reads a raw change of a webhook or a poll. None: nothing of interest. Raises ValueError on malformed input."""

    def normalise(self, raw: RawChange) -> Sighting | None: ...


@runtime_checkable
class Connecting(Protocol):
    """Can prove that a token works: returns the account's own id and name; raises like any outward call."""

    async def whoami(self, account: Account) -> Author: ...


@runtime_checkable
class Coded(Protocol):
    """Knows its codes: `surface` is post or reply, `settings` the channel's (see `accounts.settings_of`)."""

    def check(self, rendition: Rendition, surface: str = "post", settings: Settings = None) -> Sequence[Finding]: ...

    def count(self, text: str, surface: str = "post", settings: Settings = None) -> int: ...

    def limit(self, surface: str = "post", settings: Settings = None) -> int | None: ...
