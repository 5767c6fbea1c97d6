"""Calling the ad network of a campaign: which client, which account, and what a call may end with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.campaigns.store.campaigns import Campaign
from shared.errors import EgressRefused, NotSent, OutcomeUnknown
from shared.in_flight import Line
from shared.networks.accounts import account_of
from shared.networks.advertising import Ad, AdArm, Advertising
from shared.networks.capabilities import Account, Gone, RateLimited, Refused, TokenLost
from shared.service import Floor

NOW_NOT = (NotSent, OutcomeUnknown, EgressRefused, RateLimited, TimeoutError)  # the same call may be made again
NEVER = (Refused, TokenLost, Gone)
TROUBLE = (*NOW_NOT, *NEVER)


@dataclass(frozen=True, slots=True)
class AdCalls:
    """The clients of ad networks by name."""

    floor: Floor
    networks: Mapping[str, Any]

    def line(self, campaign: Campaign) -> Line:
        """Where it queues: the network and the ad account."""
        channel = self.floor.directory.channel(campaign["channel_id"])
        return (channel.network if channel else "", campaign["channel_id"])

    def seat(self, campaign: Campaign) -> tuple[Advertising, Account]:
        """The client and the account. Raises `Refused` where the brand has no such ad account any more."""
        channel = self.floor.directory.channel(campaign["channel_id"])
        client = self.networks.get(channel.network) if channel else None
        if channel is None or channel.brand_id != campaign["brand_id"] or not isinstance(client, Advertising):
            raise Refused("the brand has no such ad account")
        if channel.status == "disconnected":
            raise Refused("the ad account is disconnected")
        return client, account_of(channel, self.floor.vault)


def ad_of(campaign: Campaign, *, serving: bool) -> Ad:
    """What the network should make of it."""
    arms = [AdArm(one["name"], one["text"], one["link"], one["share"]) for one in campaign["arms"]]
    return Ad(campaign["_id"], campaign["name"], serving, campaign["budget"], campaign["currency"], arms)
