"""The Facebook Page surface: feed, comments, hide, delete, and who is told by webhook."""

import random
from collections.abc import Sequence
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from parvis.simulator import graph_shapes as shapes
from parvis.simulator import graph_tokens
from parvis.simulator.cutting import Cut
from parvis.simulator.faults import Trouble
from parvis.simulator.graph_shapes import GraphError
from parvis.simulator.records import Account, Said
from parvis.simulator.subscriptions import handshake
from parvis.simulator.world import World, living


class Call:
    """One request by a page's token: its parameters, wherever they were sent."""

    def __init__(self, world: World, request: Request, params: dict[str, str]) -> None:
        self.world = world
        self.request = request
        self.params = params
        self.account = self._account()

    @classmethod
    async def of(cls, request: Request) -> "Call":
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
        if account is None or account.network != "facebook":
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

    def own_page(self, object_id: str) -> None:
        if object_id not in ("me", self.account.id):
            raise shapes.missing(object_id)


async def get_page(request: Request, call: Call) -> Any:
    await call.strike("before", "read")
    return {"id": call.account.id, "name": call.account.name, "username": call.account.handle}


async def get_feed(request: Request, call: Call) -> Any:
    call.own_page(request.path_params["id"])
    await call.strike("before", "list")
    wall = shapes.since(call.world.wall(call.account.id), call.params)
    return _listed(call, wall, shapes.POST_FIELDS)


async def post_feed(request: Request, call: Call) -> Any:
    call.own_page(request.path_params["id"])
    await call.strike("before", "post")
    message, link = call.params.get("message", ""), call.params.get("link", "")
    photos = [orjson.loads(v)["media_fbid"] for k, v in sorted(call.params.items()) if k.startswith("attached_media")]
    if not (message or link or photos):
        raise GraphError(100, "The parameter message or link is required")
    uploaded = request.app.state.photos
    if strange := [photo for photo in photos if photo not in uploaded]:
        raise shapes.missing(strange[0])
    media = [uploaded[photo] for photo in photos]
    said = call.world.post(call.account, message, link=link, media=media, via="api")
    await call.strike("after", "post")
    return call.shape(said, ("id",))


async def post_photo(request: Request, call: Call) -> Any:
    """Only unpublished photos, to be attached to a post: nothing appears on the wall."""
    call.own_page(request.path_params["id"])
    if not call.params.get("url") or call.params.get("published", "true") != "false":
        raise GraphError(100, "The parameters url and published=false are required")
    number = str(call.world.next_number())
    request.app.state.photos[number] = call.params["url"]
    call.world.journal.put("photo", number, {"id": number, "url": call.params["url"]})
    return {"id": number}


async def get_comments(request: Request, call: Call) -> Any:
    said = call.object(request.path_params["id"])
    await call.strike("before", "list")
    found = living(call.world.below(said))
    if call.params.get("filter", "toplevel") != "stream":
        found = [one for one in found if one.parent_id == said.id]
    if call.params.get("order", "") == "reverse_chronological":
        found.reverse()
    found = shapes.since(found, call.params)
    answer = _listed(call, found, shapes.COMMENT_FIELDS)
    if call.params.get("summary", "") in ("true", "1", "total_count"):
        answer["summary"] = {"order": "chronological", "total_count": len(found), "can_comment": True}
    return answer


async def post_comment(request: Request, call: Call) -> Any:
    parent = call.object(request.path_params["id"])
    await call.strike("before", "reply")
    if not call.params.get("message"):
        raise GraphError(100, "The parameter message is required")
    said = call.world.answer(parent, call.params["message"], via="api")
    await call.strike("after", "reply")
    return call.shape(said, ("id",))


async def get_object(request: Request, call: Call) -> Any:
    object_id = request.path_params["id"]
    if object_id in ("me", call.account.id):
        return await get_page(request, call)
    said = call.object(object_id)
    await call.strike("before", "read")
    return call.shape(said, shapes.POST_FIELDS if said.is_root else shapes.COMMENT_FIELDS)


async def post_object(request: Request, call: Call) -> Any:
    said = call.object(request.path_params["id"])
    operation = "hide" if "is_hidden" in call.params else "edit"
    await call.strike("before", operation)
    if operation == "hide":
        if said.is_root or said.author_id == call.account.id:
            raise GraphError(200, "Only comments of others can be hidden", status=403)
        hidden = call.params["is_hidden"].lower() in ("true", "1")
        if said.hidden != hidden:
            call.world.set_hidden(said, hidden, "api")
    elif said.author_id != call.account.id:
        raise GraphError(200, "Only the author can edit this", status=403)
    else:
        call.world.edit(said, call.params.get("message", ""), "api")
    await call.strike("after", operation)
    return {"success": True}


async def delete_object(request: Request, call: Call) -> Any:
    said = call.object(request.path_params["id"])
    await call.strike("before", "delete")
    call.world.delete(said, "api")
    await call.strike("after", "delete")
    return {"success": True}


async def subscribe_page(request: Request, call: Call) -> Any:
    call.own_page(request.path_params["id"])
    call.account.app_id = call.params.get("app_id") or next(iter(call.world.apps), "")
    call.world.add_account(call.account)
    return {"success": True}


def _listed(call: Call, things: Sequence[Said], default: Sequence[str]) -> dict[str, Any]:
    chosen, paging = shapes.page_of(things, call.params, str(call.request.url.replace(query="")))
    return {"data": [call.shape(one, default) for one in chosen], **paging}


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


ROUTES = (
    ("GET", "/{version}/{id}/feed", get_feed),
    ("GET", "/{version}/{id}/published_posts", get_feed),
    ("POST", "/{version}/{id}/feed", post_feed),
    ("POST", "/{version}/{id}/photos", post_photo),
    ("POST", "/{version}/{id}/subscribed_apps", subscribe_page),
    ("GET", "/{version}/{id}/comments", get_comments),
    ("POST", "/{version}/{id}/comments", post_comment),
    ("GET", "/{version}/{id}", get_object),
    ("POST", "/{version}/{id}", post_object),
    ("DELETE", "/{version}/{id}", delete_object),
)


def create_graph(world: World, sender: Any) -> FastAPI:
    app = FastAPI(openapi_url=None)
    app.state.world, app.state.sender = world, sender
    app.state.photos = {row["id"]: row["url"] for row in world.journal.load("photo")}
    dice = random.Random(0)
    app.add_route("/{version}/{id}/subscriptions", subscribe_app, methods=["POST"])
    app.add_route("/{version}/debug_token", graph_tokens.debug_token, methods=["GET"])
    app.add_route("/{version}/oauth/access_token", graph_tokens.exchange, methods=["GET"])
    for method, path, work in ROUTES:

        async def endpoint(request: Request, work: Any = work) -> Response:
            return JSONResponse(await work(request, await Call.of(request)))

        app.add_route(path, endpoint, methods=[method])

    async def refused(request: Request, error: GraphError) -> Response:
        return JSONResponse({"error": error.body}, error.status)

    async def troubled(request: Request, error: Trouble) -> Response:
        if error.kind == "rate_limit":
            answer = await refused(request, shapes.throttled(error.code or dice.choice(shapes.RATE_CODES)))
            # Meta sends no Retry-After; it keeps tests short
            answer.headers["Retry-After"] = str(round(error.seconds))
            return answer
        if error.kind == "token_lost":
            return await refused(request, GraphError(190, "Error validating access token", subcode=460))
        if error.kind.startswith("server_error"):
            failed = GraphError(2, "An unexpected error has occurred. Please retry later", 500, is_transient=True)
            return await refused(request, failed)
        return Cut()

    app.add_exception_handler(GraphError, refused)  # type: ignore[arg-type]
    app.add_exception_handler(Trouble, troubled)  # type: ignore[arg-type]
    return app
