"""What a network whose tokens end can do for us, as a protocol; calls end as `capabilities` says of every outward call.

Mastodon's tokens and WordPress' application passwords do not end; Bluesky's sessions are its client's own affair.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from shared.networks.capabilities import Account


@dataclass(frozen=True, slots=True)
class AppKeys:
    """Who we are to the network: without it no token is looked at or exchanged. Never log or store `secret`."""

    app_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FreshToken:
    """A token in clear, to be sealed at once; `ends_at` None: it does not end."""

    token: str = field(repr=False)
    ends_at: datetime | None = None


@runtime_checkable
class Renewing(Protocol):
    """Its tokens may end. The token that is exchanged stays good until its own end.

    Both raise `TokenLost` only where the network refuses the channel's token for good.
    """

    async def token_ends(self, account: Account, app: AppKeys) -> datetime | None: ...

    async def renew(self, account: Account, app: AppKeys) -> FreshToken: ...
