"""A channel as its network's client needs it: the one place where a token is opened."""

from collections.abc import Callable, Mapping
from typing import Any

from shared.directory import Directory
from shared.events.console.channel_changed import ChannelChanged
from shared.networks.capabilities import Account, TokenLost
from shared.networks.grants import Grant
from shared.secrets import Unsealable, Vault


def account_of(channel: ChannelChanged, vault: Vault) -> Account:
    """The account with its token in clear; keep it no longer than one call. `TokenLost` where we cannot open it."""
    try:
        grant = Grant.read(vault.open(channel.token_sealed) if channel.token_sealed else "")
    except Unsealable as error:
        raise TokenLost(str(error)) from error
    return Account(
        channel_id=channel.channel_id,
        brand_id=channel.brand_id,
        account_id=channel.account_id,
        base_url=channel.base_url,
        token=grant.access,
        settings=settings_of(channel),
        grant=grant,
    )


def settings_of(channel: ChannelChanged) -> Mapping[str, Any]:
    """What was set for the channel, and over it what its own server allows."""
    return {**channel.settings, **channel.codes}


def settings_in(directory: Directory, brand_id: str) -> Callable[[str], Mapping[str, Any]]:
    """The settings of a brand's channels by their ids; of any other channel none."""

    def settings(channel_id: str) -> Mapping[str, Any]:
        channel = directory.channel(channel_id)
        return settings_of(channel) if channel is not None and channel.brand_id == brand_id else {}

    return settings
