"""Which networks there are: one line each."""

from collections.abc import Mapping
from typing import Any

from shared.egress import Egress
from shared.networks.ads.client import Ads
from shared.networks.bluesky.client import Bluesky
from shared.networks.facebook.client import Facebook
from shared.networks.feed.client import Feed
from shared.networks.instagram.client import Instagram
from shared.networks.linkedin.client import LinkedIn
from shared.networks.mastodon.client import Mastodon
from shared.networks.wordpress.client import WordPress
from shared.networks.x.client import X


def open_networks(egress: Egress) -> Mapping[str, Any]:
    """Network name → its client; ask with `isinstance(client, Publishing)` and the like what it can do."""
    return {
        "ads": Ads(egress),
        "bluesky": Bluesky(egress),
        "facebook": Facebook(egress),
        "feed": Feed(egress),
        "instagram": Instagram(egress),
        "linkedin": LinkedIn(egress),
        "mastodon": Mastodon(egress),
        "wordpress": WordPress(egress),
        "x": X(egress),
    }
