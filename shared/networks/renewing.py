"""What a network whose tokens end can do for us, as a protocol; calls end as `capabilities` says of every outward call.

Mastodon's tokens and WordPress' application passwords do not end; Bluesky's sessions are its client's own affair.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol, runtime_checkable

from shared.networks.capabilities import Account

UNKNOWN_END = datetime.min.replace(tzinfo=UTC)  # long ago: such a token is renewed at once


@dataclass(frozen=True, slots=True)
class AppKeys:
    """Who we are to the network: without it no token is looked at or exchanged. Never log or store `secret`."""

    app_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FreshToken:
    """A channel's token in clear (see `grants`), to be sealed at once; `ends_at` None: it does not end."""

    token: str = field(repr=False)
    ends_at: datetime | None = None


class NotRenewable(Exception):
    """The network gives no other token for this one, which stays good until its own end."""


@runtime_checkable
class Renewing(Protocol):
    """Its tokens may end. The token that is exchanged stays good until its own end.

    `token_ends`: None where it does not end, `UNKNOWN_END` where nobody can tell. Both raise `TokenLost` only where the
    network refuses the channel's token for good; `renew` raises `NotRenewable`. `needs_app`: whether `app` must be set.
    """

    needs_app: bool

    async def token_ends(self, account: Account, app: AppKeys) -> datetime | None: ...

    async def renew(self, account: Account, app: AppKeys) -> FreshToken: ...
