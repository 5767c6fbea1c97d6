"""Another access token for a refresh token, as X and LinkedIn give it to the app that has the secret."""

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import parse_qsl
from uuid import uuid4

from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from parvis.simulator.records import Account
from parvis.simulator.world import World

X_LIFE, LINKEDIN_LIFE = 2 * 3600.0, 60 * 24 * 3600.0
Form = Mapping[str, str]


class OAuthError(Exception):
    """What RFC 6749 calls an error."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.status = status
        self.body = {"error": error, "error_description": description}


def holder(world: World, network: str, token: str) -> Account | None:
    """Whose access token it is or was, good or not."""
    known = (one for one in world.accounts.values() if one.network == network)
    return next((one for one in known if token == one.token or token in one.earlier), None)


def exchanged(world: World, account: Account, life: float) -> str:
    """Another access token, for `life` seconds; the one before stays good until its own end."""
    account.earlier[account.token] = account.ends_at
    account.token, account.ends_at = f"token-{uuid4()}", world.clock() + life
    world.add_account(account)
    world.journal.note(world.clock(), "exchange", account.id, "")
    return account.token


async def refresh_x(request: Request) -> Response:
    """The refresh token is good once: another one comes with the access token."""
    world: World = request.app.state.world
    account = _refreshing(world, "x", await _form(request), _basic(request))
    await world.strike("before", "token", account)
    account.refresh = f"refresh-{uuid4()}"
    told = {"access_token": exchanged(world, account, X_LIFE), "refresh_token": account.refresh}
    await world.strike("after", "token", account)
    return JSONResponse(told | {"token_type": "bearer", "expires_in": int(X_LIFE)})


async def refresh_linkedin(request: Request) -> Response:
    """The refresh token stays, and ends when it would have ended."""
    world: World = request.app.state.world
    form = await _form(request)
    account = _refreshing(world, "linkedin", form, (form.get("client_id", ""), form.get("client_secret", "")))
    await world.strike("before", "token", account)
    token = exchanged(world, account, LINKEDIN_LIFE)
    await world.strike("after", "token", account)
    left = account.refresh_ends_at - world.clock()
    lives = {"expires_in": int(LINKEDIN_LIFE), "refresh_token_expires_in": int(left)}
    return JSONResponse({"access_token": token, "refresh_token": account.refresh, **lives})


async def introspect(request: Request) -> Response:
    """LinkedIn: whether a token is good, and until when."""
    world: World = request.app.state.world
    form = await _form(request)
    _app(world, form.get("client_id", ""), form.get("client_secret", ""))
    token, now = form.get("token", ""), world.clock()
    account = holder(world, "linkedin", token)
    if account is None or not account.accepts(token, now):
        return JSONResponse({"active": False, "status": "expired" if account else "revoked"})
    await world.strike("before", "token", account)
    ends_at = account.ends_at if token == account.token else account.earlier[token]
    return JSONResponse({"active": True, "status": "active"} | ({"expires_at": int(ends_at)} if ends_at else {}))


def _refreshing(world: World, network: str, form: Form, keys: tuple[str, str]) -> Account:
    _app(world, *keys)
    if form.get("grant_type") != "refresh_token":
        raise OAuthError("unsupported_grant_type", "grant_type must be refresh_token")
    wanted = form.get("refresh_token", "")
    found = (one for one in world.accounts.values() if one.network == network and not one.lost)
    account = next((one for one in found if wanted and one.refresh == wanted), None)
    if account is None or 0 < account.refresh_ends_at < world.clock():
        raise OAuthError("invalid_request", "Value passed for the token was invalid.")
    return account


def _app(world: World, app_id: str, secret: str) -> None:
    app = world.apps.get(app_id)
    if app is None or not secret or app.secret != secret:
        raise OAuthError("invalid_client", "Client authentication failed", 401)


def _basic(request: Request) -> tuple[str, str]:
    scheme, _, told = request.headers.get("authorization", "").partition(" ")
    try:
        app_id, _, secret = base64.b64decode(told).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return (app_id, secret) if scheme.lower() == "basic" else ("", "")


async def _form(request: Request) -> Form:
    return dict(parse_qsl((await request.body()).decode()))


async def refused(request: Request, error: OAuthError) -> Response:
    return JSONResponse(error.body, error.status)
