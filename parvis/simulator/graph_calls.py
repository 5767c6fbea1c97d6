"""How a surface of Meta's Graph is called: by whose token, with which parameters, and how it refuses or misbehaves."""

import math
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Self

import orjson
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from parvis.simulator import graph_shapes as shapes
from parvis.simulator.cutting import Cut
from parvis.simulator.faults import Trouble
from parvis.simulator.graph_shapes import GraphError
from parvis.simulator.records import Account, Said
from parvis.simulator.sender import Sender
from parvis.simulator.subscriptions import handshake
from parvis.simulator.world import World


class Call:
    """One request by an account's token: its parameters, wherever they were sent."""

    network = "facebook"

    def __init__(self, world: World, request: Request, params: dict[str, str]) -> None:
        self.world = world
        self.request = request
        self.params = params
        self.account = self._account()

    @classmethod
    async def of(cls, request: Request) -> Self:
        params = dict(request.query_params)
        if "json" in request.headers.get("content-type", ""):
            body = orjson.loads(await request.body() or b"{}")
            params |= {k: v if isinstance(v, str) else orjson.dumps(v).decode() for k, v in body.items()}
        else:
            params |= {name: str(value) for name, value in (await request.form()).items()}
        return cls(request.app.state.world, request, params)

    def _account(self) -> Account:
        scheme, _, token = self.request.headers.get("authorization", "").partition(" ")
        if scheme.lower() not in ("bearer", "oauth"):
            token = self.params.get("access_token", "")
        account = self.world.by_token(token)
        if account is None or account.network != self.network:
            raise GraphError(190, "Error validating access token: the session is invalid", subcode=463)
        return account

    def object(self, object_id: str) -> Said:
        """What is on this page under the id. Raises Graph's 100/33 for all else."""
        said = self.world.thing(object_id)
        if said is None or said.account_id != self.account.id:
            raise shapes.missing(object_id)
        return said

    def link(self, said: Said) -> str:
        url = self.request.url
        return f"{url.scheme}://{url.netloc}/wall/{said.account_id}#{said.id}"

    def shape(self, said: Said, default: Sequence[str]) -> dict[str, Any]:
        return shapes.shape(said, self.world, shapes.field_names(self.params.get("fields", ""), default), self.link)

    async def strike(self, phase: str, operation: str) -> None:
        await self.world.strike(phase, operation, self.account)

    def own(self, object_id: str) -> None:
        if object_id not in ("me", self.account.id):
            raise shapes.missing(object_id)

    def listed(self, things: Sequence[Said], default: Sequence[str]) -> dict[str, Any]:
        chosen, paging = shapes.page_of(things, self.params, str(self.request.url.replace(query="")))
        return {"data": [self.shape(one, default) for one in chosen], **paging}


async def subscribe_account(request: Request, call: Call) -> Any:
    """The app is told by webhook about this account from now on."""
    call.own(request.path_params["id"])
    call.account.app_id = call.params.get("app_id") or next(iter(call.world.apps), "")
    call.world.add_account(call.account)
    return {"success": True}


async def subscribe_app(request: Request) -> Response:
    """POST /{app-id}/subscriptions with `app-id|secret`: Meta calls back with a challenge before it agrees."""
    params = {k: str(v) for k, v in (await request.form()).items()} | dict(request.query_params)
    world: World = request.app.state.world
    app = world.apps.get(request.path_params["id"])
    if app is None or params.get("access_token") != f"{app.id}|{app.secret}":
        raise GraphError(190, "Invalid OAuth access token signature")
    if not await handshake(request.app.state.sender, params["callback_url"], params["verify_token"]):
        raise GraphError(2200, "The callback URL couldn't be validated: challenge not answered")
    app.callback_url, app.verify_token = params["callback_url"], params["verify_token"]
    world.add_app(app)
    return JSONResponse({"success": True})


Work = Callable[[Request, Any], Awaitable[Any]]


def serve(
    app: FastAPI, world: World, sender: Sender, routes: Sequence[tuple[str, str, Work]], kind: type[Call]
) -> None:
    """Lets `app` answer these routes as Graph does, for calls of this kind."""
    app.state.world, app.state.sender = world, sender
    app.add_route("/{version}/{id}/subscriptions", subscribe_app, methods=["POST"])
    for method, path, work in routes:

        async def endpoint(request: Request, work: Work = work) -> Response:
            return JSONResponse(await work(request, await kind.of(request)))

        app.add_route(path, endpoint, methods=[method])
    app.state.dice = random.Random(0)
    app.add_exception_handler(GraphError, _refused)  # type: ignore[arg-type]
    app.add_exception_handler(Trouble, _troubled)  # type: ignore[arg-type]


async def _refused(request: Request, error: GraphError) -> Response:
    return JSONResponse({"error": error.body}, error.status)


async def _troubled(request: Request, error: Trouble) -> Response:
    if error.kind == "rate_limit":
        dice: random.Random = request.app.state.dice
        answer = await _refused(request, shapes.throttled(error.code or dice.choice(shapes.RATE_CODES)))
        use = {"type": "pages", "call_count": 100, "estimated_time_to_regain_access": math.ceil(error.seconds / 60)}
        answer.headers["X-Business-Use-Case-Usage"] = orjson.dumps({"simulated": [use]}).decode()
        # Meta sends no Retry-After, and tells minutes; it keeps tests short
        answer.headers["Retry-After"] = str(round(error.seconds))
        return answer
    if error.kind == "token_lost":
        return await _refused(request, GraphError(190, "Error validating access token", subcode=460))
    if error.kind.startswith("server_error"):
        failed = GraphError(2, "An unexpected error has occurred. Please retry later", 500, is_transient=True)
        return await _refused(request, failed)
    return Cut()


async def delete_object(request: Request, call: Call) -> Any:
    said = call.object(request.path_params["id"])
    await call.strike("before", "delete")
    call.world.delete(said, "api")
    await call.strike("after", "delete")
    return {"success": True}
