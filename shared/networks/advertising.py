"""What an ad network can do for us, as a protocol; calls end as `capabilities` says of every outward call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from shared.networks.capabilities import Account


@dataclass(frozen=True, slots=True)
class AdArm:
    """A creative with its fixed share (percent) of the spend."""

    name: str
    text: str
    link: str
    share: int


@dataclass(frozen=True, slots=True)
class Ad:
    """What a campaign should be on its network now. `ref` is ours and makes a repeated call the same one.

    `budget` (cents) is the most that the network itself may spend in all.
    """

    ref: str
    name: str
    serving: bool
    budget: int
    currency: str
    arms: Sequence[AdArm]


@dataclass(frozen=True, slots=True)
class Figures:
    """Full values of an arm's hour; of two reports of the same hour the higher `number` is right."""

    arm: str
    hour: datetime
    number: int
    spend: int
    impressions: int
    clicks: int
    conversions: int


@dataclass(frozen=True, slots=True)
class Report:
    """What the network tells since a number; `serving` says whether the ads are on there."""

    figures: Sequence[Figures]
    serving: bool


@runtime_checkable
class Advertising(Protocol):
    """Runs ads. Each call says the whole wish, so that one whose outcome is unknown is simply made again."""

    async def put_ad(self, account: Account, ad: Ad) -> None: ...

    async def address(self, account: Account, ref: str, members: Sequence[str]) -> None: ...

    async def report(self, account: Account, ref: str, after: int) -> Report: ...
