"""How a network is shown: two letters in a family's shape, and its name."""

from dataclasses import dataclass


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


def badge(network: str) -> Badge:
    """The badge of a network; one that is new to us shows its first two letters."""
    return BADGES.get(network) or Badge("x", network[:2].capitalize(), network.capitalize())
