"""LinkedIn's access tokens live sixty days, and refresh tokens, which approved apps get, a year that nothing prolongs.

https://learn.microsoft.com/linkedin/shared/authentication/programmatic-refresh-tokens and …/token-introspection,
read 2026-11-21.
"""

from datetime import UTC, datetime, timedelta

from shared.egress import Egress
from shared.networks import oauth
from shared.networks.capabilities import Account, TokenLost
from shared.networks.renewing import AppKeys, FreshToken, NotRenewable

API, SITE = "https://api.linkedin.com", "https://www.linkedin.com"
NO_GAIN = timedelta(days=1)


async def ends(egress: Egress, account: Account, app: AppKeys) -> datetime | None:
    """Asked with the app's own id and secret, whose refusal says nothing of the channel's token."""
    told = await oauth.asked(
        egress, account, _url(account, "introspectToken"), {"token": account.token}, app, basic=False
    )
    if told.get("active") is not True:
        raise TokenLost(f"LinkedIn says that the token is {told.get('status') or 'not active'}")
    ends_at = told.get("expires_at")
    return datetime.fromtimestamp(ends_at, UTC) if isinstance(ends_at, int) and ends_at > 0 else None


async def refresh(egress: Egress, account: Account, app: AppKeys) -> FreshToken:
    """The refresh token stays what it is; near its own end it gives no more than what is there already."""
    known = oauth.grant_of(account)
    if known.ends_at and known.refresh_ends_at and known.ends_at >= known.refresh_ends_at - NO_GAIN:
        raise NotRenewable("its refresh token ends with it, after a year")
    got = await oauth.refreshed(egress, account, _url(account, "accessToken"), app, basic=False)
    return FreshToken(got.written(), got.ends_at)


def _url(account: Account, what: str) -> str:
    base = account.base_url.rstrip("/")
    return f"{SITE if base == API else base}/oauth/v2/{what}"
