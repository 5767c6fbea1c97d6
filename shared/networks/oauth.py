"""Another access token for a refresh token (RFC 6749, section 6), as X and LinkedIn do it."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from shared.egress import Egress, Response
from shared.errors import OutcomeUnknown
from shared.networks.capabilities import Account, RateLimited, Refused
from shared.networks.grants import Grant
from shared.networks.reading import loaded
from shared.networks.renewing import AppKeys, NotRenewable

OUR_OWN_FAULT = frozenset({"invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope"})
DEFAULT_WAIT = 300.0


def grant_of(account: Account) -> Grant:
    return account.grant or Grant(account.token)


async def refreshed(egress: Egress, account: Account, url: str, app: AppKeys, *, basic: bool) -> Grant:
    """The grant with a new access token, and the refresh token that is good from now on.

    `basic`: who we are goes into a header, else into the form. Raises as any outward call, and `NotRenewable`.
    """
    known = grant_of(account)
    if not known.refresh:
        raise NotRenewable("no refresh token came with it")
    form = {"grant_type": "refresh_token", "refresh_token": known.refresh, "client_id": app.app_id}
    got = Grant.of(await asked(egress, account, url, form, app, basic=basic), datetime.now(UTC))
    if got is None:
        raise OutcomeUnknown("renewed, but the answer has no token")
    return replace(
        got, refresh=got.refresh or known.refresh, refresh_ends_at=got.refresh_ends_at or known.refresh_ends_at
    )


async def asked(
    egress: Egress, account: Account, url: str, form: Mapping[str, str], app: AppKeys, *, basic: bool
) -> Mapping[str, Any]:
    """What the app's token endpoint answers to this form."""
    headers = {"Authorization": f"Basic {base64.b64encode(f'{app.app_id}:{app.secret}'.encode()).decode()}"}
    data = dict(form) if basic else {**form, "client_id": app.app_id, "client_secret": app.secret}
    channel = account.channel_id
    answer = await egress.request("POST", url, channel_id=channel, headers=headers if basic else {}, data=data)
    return _read(answer)


def _read(answer: Response) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = loaded(answer.body)
    except ValueError:
        found = {}
    if 200 <= answer.status < 300 and found:
        return found
    error = str(found.get("error") or "")
    said = str(found.get("error_description") or error or f"HTTP {answer.status}")
    if answer.status == 429:
        raise RateLimited(DEFAULT_WAIT, said)
    if answer.status in (400, 401) and error and error not in OUR_OWN_FAULT:
        raise NotRenewable(said)
    if 400 <= answer.status < 500:
        raise Refused(f"the app's id or secret is not accepted: {said}", "app")
    raise OutcomeUnknown(f"HTTP {answer.status}")
