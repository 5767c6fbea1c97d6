"""What a network lets us do, so that no page shows a button that could do nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.networks.capabilities import Coded, Moderating, Publishing


@dataclass(frozen=True, slots=True)
class Can:
    """One network's capabilities; `reply_limit` counts characters as that network does, None where it has none."""

    publish: bool = False
    reply: bool = False
    hide: bool = False
    show: bool = False
    delete: bool = False
    delete_others: bool = False
    reply_limit: int | None = None


def settings_of(channel: Mapping[str, Any]) -> Mapping[str, Any]:
    """What was set for a stored channel, and over it what its own server allows."""
    return {**channel.get("settings", {}), **channel.get("codes", {})}


def can(networks: Mapping[str, Any], network: str, settings: Mapping[str, Any] | None = None) -> Can:
    """What the client of a network implements; of an unknown network nothing. `settings`: the channel's."""
    client = networks.get(network)
    if client is None:
        return Can()
    actions = client.actions if isinstance(client, Moderating) else frozenset()
    publishes = isinstance(client, Publishing)
    return Can(
        publish=publishes,
        reply=publishes,
        hide="hide" in actions,
        show="show" in actions,
        delete="delete" in actions,
        delete_others="delete" in actions - getattr(client, "own_only", frozenset()),
        reply_limit=client.limit("reply", settings) if isinstance(client, Coded) else None,
    )
