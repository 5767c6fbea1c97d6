"""Graph's tokens: what is known of one, and a long-lived one for it. Both are for the app that has the secret."""

from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from parvis.simulator.graph_calls import Call
from parvis.simulator.graph_shapes import GraphError
from parvis.simulator.oauth_tokens import exchanged, holder
from parvis.simulator.records import Account
from parvis.simulator.world import World

LONG_LIFE = 60 * 24 * 3600.0


async def debug_token(request: Request) -> Response:
    """When the token ends (0: never), and whether it is good."""
    world: World = request.app.state.world
    _, _, caller = request.headers.get("authorization", "").partition(" ")
    _app(world, *(request.query_params.get("access_token") or caller).partition("|")[::2])
    token, now = request.query_params.get("input_token", ""), world.clock()
    account = holder(world, "facebook", token)
    if account is None:
        return JSONResponse({"data": {"is_valid": False, "error": {"code": 190, "message": "Malformed access token"}}})
    await world.strike("before", "token", account)
    ends_at = account.ends_at if token == account.token else account.earlier[token]
    told = {"type": "PAGE", "profile_id": account.id, "expires_at": int(ends_at), "is_valid": True}
    if not account.accepts(token, now):
        told |= {"is_valid": False, "error": {"code": 190, "subcode": 463, "message": "Session has expired"}}
    return JSONResponse({"data": told})


async def exchange(request: Request) -> Response:
    """`fb_exchange_token`: the token that is exchanged stays good until its own end."""
    world, asked = request.app.state.world, request.query_params
    _app(world, asked.get("client_id", ""), asked.get("client_secret", ""))
    if asked.get("grant_type") != "fb_exchange_token":
        raise GraphError(1, "Invalid grant_type")
    token, now = asked.get("fb_exchange_token", ""), world.clock()
    account = holder(world, "facebook", token)
    if account is None or not account.accepts(token, now):
        raise GraphError(190, "Error validating access token: Session has expired", subcode=463)
    await world.strike("before", "token", account)
    return JSONResponse(await _another(world, account))


async def refresh(request: Request, call: Call) -> Any:
    """Instagram's `ig_refresh_token`: no app is asked for."""
    if call.params.get("grant_type") != "ig_refresh_token" or not call.params.get("access_token"):
        raise GraphError(100, "grant_type and access_token are needed")
    await call.strike("before", "token")
    return await _another(call.world, call.account)


async def _another(world: World, account: Account) -> dict[str, Any]:
    token = exchanged(world, account, LONG_LIFE)
    await world.strike("after", "token", account)
    return {"access_token": token, "token_type": "bearer", "expires_in": int(LONG_LIFE)}


def _app(world: World, app_id: str, secret: str) -> None:
    app = world.apps.get(app_id)
    if app is None or not secret or app.secret != secret:
        raise GraphError(190, "Invalid OAuth access token signature")
