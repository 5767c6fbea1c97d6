"""How a network is shown: two letters in a family's shape, and its name. And what names an account on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Badge:
    """`code` is also the style's suffix (`net-fb`)."""

    code: str
    letters: str
    name: str


BADGES = {
    "ads": Badge("x", "Ad", "Parvis Ads"),
    "bluesky": Badge("bs", "Bs", "Bluesky"),
    "facebook": Badge("fb", "Fb", "Facebook"),
    "feed": Badge("rs", "Rs", "RSS"),
    "instagram": Badge("ig", "Ig", "Instagram"),
    "linkedin": Badge("li", "Li", "LinkedIn"),
    "mastodon": Badge("ma", "Ma", "Mastodon"),
    "wordpress": Badge("wp", "Wp", "WordPress"),
    "x": Badge("x", "X", "X"),
}


NUMBERED_BY_SERVER = frozenset({"mastodon"})


def badge(network: str) -> Badge:
    """The badge of a network; one that is new to us shows its first two letters."""
    return BADGES.get(network) or Badge("x", network[:2].capitalize(), network.capitalize())


def account_key(channel: Mapping[str, Any]) -> str:
    """What names a network's account, whichever channel it is. Each server of Mastodon numbers its own from 1."""
    named = [channel["network"], channel["account_id"]]
    if channel["network"] in NUMBERED_BY_SERVER:
        named.insert(1, channel["base_url"].partition("//")[2].partition("/")[0].lower().removesuffix(":443"))
    return ":".join(named)
