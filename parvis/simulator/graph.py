"""The Facebook Page surface: feed, comments, hide, delete."""

from typing import Any

import orjson
from fastapi import FastAPI, Request

from parvis.simulator import graph_shapes as shapes
from parvis.simulator import graph_tokens
from parvis.simulator.graph_calls import Call, delete_object, serve, subscribe_account
from parvis.simulator.graph_shapes import GraphError
from parvis.simulator.sender import Sender
from parvis.simulator.world import World, living


async def get_page(request: Request, call: Call) -> Any:
    await call.strike("before", "read")
    return {"id": call.account.id, "name": call.account.name, "username": call.account.handle}


async def get_feed(request: Request, call: Call) -> Any:
    call.own(request.path_params["id"])
    await call.strike("before", "list")
    wall = shapes.since(call.world.wall(call.account.id), call.params)
    return call.listed(wall, shapes.POST_FIELDS)


async def post_feed(request: Request, call: Call) -> Any:
    call.own(request.path_params["id"])
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
    call.own(request.path_params["id"])
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
    answer = call.listed(found, shapes.COMMENT_FIELDS)
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


ROUTES = (
    ("GET", "/{version}/{id}/feed", get_feed),
    ("GET", "/{version}/{id}/published_posts", get_feed),
    ("POST", "/{version}/{id}/feed", post_feed),
    ("POST", "/{version}/{id}/photos", post_photo),
    ("POST", "/{version}/{id}/subscribed_apps", subscribe_account),
    ("GET", "/{version}/{id}/comments", get_comments),
    ("POST", "/{version}/{id}/comments", post_comment),
    ("GET", "/{version}/{id}", get_object),
    ("POST", "/{version}/{id}", post_object),
    ("DELETE", "/{version}/{id}", delete_object),
)


def create_graph(world: World, sender: Sender) -> FastAPI:
    app = FastAPI(openapi_url=None)
    app.state.photos = {row["id"]: row["url"] for row in world.journal.load("photo")}
    app.add_route("/{version}/debug_token", graph_tokens.debug_token, methods=["GET"])
    app.add_route("/{version}/oauth/access_token", graph_tokens.exchange, methods=["GET"])
    serve(app, world, sender, ROUTES, Call)
    return app
