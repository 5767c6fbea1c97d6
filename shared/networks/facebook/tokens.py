"""When a token ends, and another one for it.

https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived and
https://developers.facebook.com/docs/graph-api/reference/debug_token, read 2026-11-21.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shared.errors import OutcomeUnknown
from shared.networks.capabilities import Account, Refused, TokenLost
from shared.networks.meta.graph import Graph
from shared.networks.renewing import AppKeys, FreshToken


async def ends(graph: Graph, account: Account, app: AppKeys) -> datetime | None:
    """None: it does not end. Asked with the app's own token, whose refusal says nothing of the channel's."""
    ours = replace(account, token=f"{app.app_id}|{app.secret}")
    try:
        told = (await graph.get(ours, "debug_token", input_token=account.token)).get("data") or {}
    except TokenLost as error:
        raise Refused(f"the app's id or secret is not accepted: {error}", "app") from None
    if not told.get("is_valid"):
        raise TokenLost("Graph says that the token is no longer valid")
    ends_at = told.get("expires_at")
    return datetime.fromtimestamp(ends_at, UTC) if isinstance(ends_at, int) and ends_at > 0 else None


async def exchange(graph: Graph, account: Account, app: AppKeys) -> FreshToken:
    """A long-lived one; without `expires_in` it does not end."""
    fields = {"client_id": app.app_id, "client_secret": app.secret, "fb_exchange_token": account.token}
    told, dated = await graph.get_dated(account, "oauth/access_token", grant_type="fb_exchange_token", **fields)
    token, seconds = told.get("access_token"), told.get("expires_in")
    if not isinstance(token, str) or not token:
        raise OutcomeUnknown("exchanged, but the answer has no token")
    now = dated or datetime.now(UTC)
    return FreshToken(token, now + timedelta(seconds=seconds) if isinstance(seconds, int) and seconds > 0 else None)
