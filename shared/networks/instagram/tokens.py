"""Instagram's long-lived tokens: sixty days, exchanged when they are a day old at least, and dead for ever after.

https://developers.facebook.com/documentation/instagram-platform/reference/refresh_access_token, read 2026-11-21. No app
is asked for. When a token ends is told only with it: of one that came without, it is not known, and it is exchanged at
once, or tried hourly until it is old enough. A token of Facebook's login is a Page's and does not end.
"""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from shared.errors import OutcomeUnknown
from shared.networks.capabilities import Account
from shared.networks.grants import Grant
from shared.networks.meta.graph import Graph
from shared.networks.renewing import UNKNOWN_END, FreshToken


def ends(account: Account) -> datetime | None:
    if urlsplit(account.base_url).hostname == "graph.facebook.com":
        return None
    return (account.grant.ends_at if account.grant else None) or UNKNOWN_END


async def refresh(graph: Graph, account: Account) -> FreshToken:
    """The token that is exchanged stays good until its own end."""
    asked = {"grant_type": "ig_refresh_token", "access_token": account.token}
    told, dated = await graph.get_dated(account, "refresh_access_token", **asked)
    token, seconds = told.get("access_token"), told.get("expires_in")
    if not isinstance(token, str) or not token or not isinstance(seconds, int):
        raise OutcomeUnknown("exchanged, but the answer has no token or no end")
    got = Grant(token, ends_at=(dated or datetime.now(UTC)) + timedelta(seconds=seconds))
    return FreshToken(got.written(), got.ends_at)
