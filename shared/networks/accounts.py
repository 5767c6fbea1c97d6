"""A channel as its network's client needs it: the one place where a token is opened."""

from shared.events.console.channel_changed import ChannelChanged
from shared.networks.capabilities import Account, TokenLost
from shared.secrets import Unsealable, Vault


def account_of(channel: ChannelChanged, vault: Vault) -> Account:
    """The account with its token in clear; keep it no longer than one call. `TokenLost` where we cannot open it."""
    try:
        token = vault.open(channel.token_sealed) if channel.token_sealed else ""
    except Unsealable as error:
        raise TokenLost(str(error)) from error
    return Account(
        channel_id=channel.channel_id,
        brand_id=channel.brand_id,
        account_id=channel.account_id,
        base_url=channel.base_url,
        token=token,
        settings=channel.settings,
    )
