"""The Instagram surface: containers and what is published of them, comments, answers, hiding, mentions."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from fastapi import FastAPI, Request

from parvis.simulator import graph_shapes, instagram_shapes
from parvis.simulator.graph_calls import Call, delete_object, serve, subscribe_account
from parvis.simulator.graph_shapes import GraphError, missing
from parvis.simulator.graph_tokens import refresh
from parvis.simulator.records import Said
from parvis.simulator.sender import Sender
from parvis.simulator.world import World, living

LONGEST_CAPTION, MOST_HASHTAGS, MOST_ITEMS, POSTS_A_DAY = 2200, 30, 10, 100
CONTAINER_LIVES = 24 * 3600.0
MENTIONED = re.compile(r"mentioned_(comment|media)\.\w+_id\((\d+)\)")


class InstagramCall(Call):
    """One request by an Instagram account's token."""

    network = "instagram"

    def shape(self, said: Said, default: Sequence[str]) -> dict[str, Any]:
        names = graph_shapes.field_names(self.params.get("fields", ""), default)
        return instagram_shapes.shape(said, self.world, names, self.link)

    @property
    def containers(self) -> dict[str, dict[str, Any]]:
        kept: dict[str, dict[str, Any]] = self.request.app.state.containers
        return kept

    def keep(self, row: dict[str, Any]) -> None:
        self.containers[row["id"]] = row
        self.world.journal.put("container", row["id"], row)

    def published_lately(self) -> list[Said]:
        since = self.world.clock() - 24 * 3600
        return [one for one in self.world.by_author(self.account.id) if one.via == "api" and one.created_at >= since]


async def get_node(request: Request, call: InstagramCall) -> Any:
    node = request.path_params["id"]
    await call.strike("before", "read")
    if node in ("me", call.account.id):
        return _account(call)
    if row := call.containers.get(node):
        unready = call.world.faults.pick("container_unready", "media", call.account.id)
        return {"id": node, "status_code": "IN_PROGRESS" if unready else _state(call, row)}
    said = call.object(node)
    if said.is_root and said.author_id != call.account.id:
        raise missing(node)
    return call.shape(said, ("id",) if said.is_root else ("id", "text", "timestamp"))


def _account(call: InstagramCall) -> dict[str, Any]:
    account, mentioned = call.account, MENTIONED.search(call.params.get("fields", ""))
    if mentioned is None:
        about = {"id": account.id, "user_id": account.id, "username": account.handle, "name": account.name}
        wanted = graph_shapes.field_names(call.params.get("fields", ""), ("id",))
        return {name: value for name, value in about.items() if name in (*wanted, "id")}
    said = call.object(mentioned[2])
    if not instagram_shapes.mentions(said, account, call.world):
        raise missing(mentioned[2])
    names = instagram_shapes.MEDIA_FIELDS if said.is_root else instagram_shapes.COMMENT_FIELDS
    return {f"mentioned_{mentioned[1]}": instagram_shapes.shape(said, call.world, names, call.link), "id": account.id}


def _state(call: InstagramCall, row: Mapping[str, Any]) -> str:
    if row["published"]:
        return "PUBLISHED"
    return "EXPIRED" if call.world.clock() - row["at"] > CONTAINER_LIVES else "FINISHED"


async def make_container(request: Request, call: InstagramCall) -> Any:
    call.own(request.path_params["id"])
    await call.strike("before", "media")
    asked = call.params
    parts = orjson.loads(asked["children"]) if asked.get("media_type") == "CAROUSEL" else []
    shown = [url for part in parts for url in call.containers.get(part, {"media": ()})["media"]]
    shown += [asked[name] for name in ("image_url", "video_url") if asked.get(name)]
    caption = asked.get("caption", "")
    if not shown or len(shown) != max(len(parts), 1):
        raise GraphError(100, "The image_url or video_url parameter is required")
    if len(shown) > MOST_ITEMS:
        raise GraphError(100, "Too many items in a carousel", subcode=2207028)
    if len(caption) > LONGEST_CAPTION or caption.count("#") > MOST_HASHTAGS:
        raise GraphError(100, "The caption is too long", subcode=2207010)
    number = str(call.world.next_number())
    call.keep({"id": number, "caption": caption, "media": shown, "at": call.world.clock(), "published": ""})
    return {"id": number}


async def publish(request: Request, call: InstagramCall) -> Any:
    """Each container shows once; what is asked a second time is an error, not a second post."""
    call.own(request.path_params["id"])
    await call.strike("before", "post")
    row = call.containers.get(call.params.get("creation_id", ""))
    if row is None or row["published"]:
        raise GraphError(100, "The media container does not exist or was published already", subcode=2207006)
    if len(call.published_lately()) >= POSTS_A_DAY:
        raise GraphError(9, "Application request limit reached", status=403, subcode=2207042)
    said = call.world.post(call.account, row["caption"], media=row["media"], via="api")
    call.keep(row | {"published": said.id})
    await call.strike("after", "post")
    return {"id": said.id}


async def publishing_limit(request: Request, call: InstagramCall) -> Any:
    call.own(request.path_params["id"])
    config = {"quota_total": POSTS_A_DAY, "quota_duration": 86400}
    return {"data": [{"quota_usage": len(call.published_lately()), "config": config}]}


async def list_media(request: Request, call: InstagramCall) -> Any:
    call.own(request.path_params["id"])
    await call.strike("before", "list")
    own = [one for one in call.world.wall(call.account.id) if one.author_id == call.account.id]
    return call.listed(own, ("id",))


async def list_comments(request: Request, call: InstagramCall) -> Any:
    """Those at the top, newest first; the answers to one, oldest first."""
    said = call.object(request.path_params["id"])
    await call.strike("before", "list")
    found = living(call.world.answers(said))
    return call.listed(found[::-1] if said.is_root else found, ("id", "text", "timestamp"))


async def answer(request: Request, call: InstagramCall) -> Any:
    """Below a medium, or below a comment at the top that nobody has hidden."""
    parent = call.object(request.path_params["id"])
    await call.strike("before", "reply")
    if not call.params.get("message"):
        raise GraphError(100, "The parameter message is required")
    if parent.hidden or (not parent.is_root and parent.parent_id != parent.root_id):
        raise GraphError(100, "This comment cannot be replied to")
    said = call.world.answer(parent, call.params["message"], via="api")
    await call.strike("after", "reply")
    return {"id": said.id}


async def answer_mention(request: Request, call: InstagramCall) -> Any:
    call.own(request.path_params["id"])
    await call.strike("before", "reply")
    parent = call.object(call.params.get("comment_id") or call.params["media_id"])
    if not instagram_shapes.mentions(parent, call.account, call.world):
        raise missing(parent.id)
    said = call.world.answer(parent, call.params["message"], via="api")
    await call.strike("after", "reply")
    return {"id": said.id}


async def hide(request: Request, call: InstagramCall) -> Any:
    said = call.object(request.path_params["id"])
    await call.strike("before", "hide")
    if said.is_root or said.author_id == call.account.id or "hide" not in call.params:
        raise GraphError(100, "Only comments of others can be hidden")
    hidden = call.params["hide"].lower() in ("true", "1")
    if said.hidden != hidden:
        call.world.set_hidden(said, hidden, "api")
    await call.strike("after", "hide")
    return {"success": True}


ROUTES = (
    ("GET", "/{version}/refresh_access_token", refresh),
    ("POST", "/{version}/{id}/media", make_container),
    ("GET", "/{version}/{id}/media", list_media),
    ("POST", "/{version}/{id}/media_publish", publish),
    ("GET", "/{version}/{id}/content_publishing_limit", publishing_limit),
    ("POST", "/{version}/{id}/mentions", answer_mention),
    ("POST", "/{version}/{id}/subscribed_apps", subscribe_account),
    ("GET", "/{version}/{id}/comments", list_comments),
    ("POST", "/{version}/{id}/comments", answer),
    ("GET", "/{version}/{id}/replies", list_comments),
    ("POST", "/{version}/{id}/replies", answer),
    ("GET", "/{version}/{id}", get_node),
    ("POST", "/{version}/{id}", hide),
    ("DELETE", "/{version}/{id}", delete_object),
)


def create_instagram(world: World, sender: Sender) -> FastAPI:
    app = FastAPI(openapi_url=None)
    app.state.containers = {row["id"]: row for row in world.journal.load("container")}
    serve(app, world, sender, ROUTES, InstagramCall)
    return app
