"""X's access tokens live two hours; each refresh token is good once.

https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code, read 2026-11-21. When a token ends is told
only with the token: of one that came without, it is not known, and it is exchanged at once.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shared.egress import Egress
from shared.networks import oauth
from shared.networks.capabilities import Account
from shared.networks.renewing import UNKNOWN_END, AppKeys, FreshToken

LIFE = timedelta(hours=2)


def ends(account: Account) -> datetime:
    return oauth.grant_of(account).ends_at or UNKNOWN_END


async def refresh(egress: Egress, account: Account, app: AppKeys) -> FreshToken:
    """An answer that is lost loses the refresh token: what is asked again is then `NotRenewable`, and people are told
    while the access token still lives."""
    url = f"{account.base_url.rstrip('/')}/2/oauth2/token"
    got = await oauth.refreshed(egress, account, url, app, basic=True)
    fresh = replace(got, ends_at=got.ends_at or datetime.now(UTC) + LIFE)
    return FreshToken(fresh.written(), fresh.ends_at)
