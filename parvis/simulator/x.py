"""The X surface: posts, answers, hiding, timelines of own posts and of mentions, pictures."""

import base64
import math
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.datastructures import UploadFile
from starlette.responses import Response

from parvis.simulator import oauth_tokens
from parvis.simulator import x_shapes as shapes
from parvis.simulator.cutting import Cut
from parvis.simulator.faults import Trouble
from parvis.simulator.records import Account, Person, Said
from parvis.simulator.world import World
from shared.networks.x.codes import counted

PROBLEMS = "https://api.x.com/2/problems"
LONGEST = 280
SAME_FOR = 600.0  # seconds in which the same words are refused; X does not say how long


class XError(Exception):
    """What X refuses, as a problem document."""

    def __init__(self, status: int, title: str, detail: str, kind: str = "about:blank") -> None:
        super().__init__(detail)
        self.status = status
        self.body = {"title": title, "detail": detail, "type": kind, "status": status}


class Call:
    """One request by an account's token."""

    def __init__(self, request: Request) -> None:
        self.world: World = request.app.state.world
        self.request = request
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        account = self.world.by_token(token) if scheme.lower() == "bearer" else None
        if account is None or account.network != "x":
            raise XError(401, "Unauthorized", "Unauthorized")
        self.account: Account = account

    def post(self, post_id: str) -> Said | None:
        said = self.world.thing(post_id)
        return said if said is not None and said.network == "x" else None

    async def strike(self, phase: str, operation: str) -> None:
        await self.world.strike(phase, operation, self.account)

    def own(self) -> None:
        if self.request.path_params["id"] != self.account.id:
            raise XError(403, "Forbidden", "You may read your own timelines only")


def missing(post_id: str) -> dict[str, Any]:
    """X's answer for what is not there: 200, an error, no data."""
    detail = f"Could not find tweet with id: [{post_id}]."
    error = {"detail": detail, "title": "Not Found Error", "type": f"{PROBLEMS}/resource-not-found"}
    return {"errors": [error | {"resource_type": "tweet", "resource_id": post_id}]}


async def get_me(call: Call) -> Any:
    await call.strike("before", "read")
    return {"data": {"id": call.account.id, "name": call.account.name, "username": call.account.handle}}


async def create_post(call: Call) -> Any:
    body = orjson.loads(await call.request.body() or b"{}")
    text, parent_id = str(body.get("text") or ""), (body.get("reply") or {}).get("in_reply_to_tweet_id", "")
    operation = "reply" if parent_id else "post"
    await call.strike("before", operation)
    uploaded = [call.world.media.get(one) for one in (body.get("media") or {}).get("media_ids", ())]
    media = [str(row["url"]) for row in uploaded if row is not None]
    if len(media) != len(uploaded) or len(media) > 4 or not (text or media):
        raise XError(400, "Invalid Request", "One or more parameters to your request was invalid.")
    if counted(text, operation) > LONGEST:
        raise XError(403, "Forbidden", "Your Tweet text is too long.")
    since = call.world.clock() - SAME_FOR
    if any(without_names(one.text) == text and one.created_at > since for one in call.world.by_author(call.account.id)):
        raise XError(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.")
    if not parent_id:
        said = call.world.post(call.account, text, media=media, via="api")
    else:
        parent = call.post(parent_id)
        if parent is None:
            raise XError(404, "Not Found Error", "The post that is answered is not there")
        author = Person(call.account.id, call.account.name, call.account.handle)
        said = call.world.answer(parent, f"@{parent.author_handle} {text}", author, media=media, via="api")
    await call.strike("after", operation)
    return {"data": {"id": said.id, "text": said.text, "edit_history_post_ids": [said.id]}}


def without_names(text: str) -> str:
    return re.sub(r"^(?:@\w+\s+)+", "", text)


async def get_post(call: Call) -> Any:
    await call.strike("before", "read")
    said = call.post(call.request.path_params["id"])
    if said is None:
        return missing(call.request.path_params["id"])
    return {"data": shapes.post(said), "includes": shapes.includes([said])}


async def delete_post(call: Call) -> Any:
    await call.strike("before", "delete")
    said = call.post(call.request.path_params["id"])
    if said is not None and said.author_id != call.account.id:
        raise XError(403, "Forbidden", "You are not authorized to delete this Tweet.")
    if said is not None:
        call.world.delete(said, "api")
    await call.strike("after", "delete")
    return {"data": {"deleted": True}}


async def hide_reply(call: Call) -> Any:
    await call.strike("before", "hide")
    said = call.post(call.request.path_params["id"])
    if said is None:
        return missing(call.request.path_params["id"])
    root = call.world.things.get(said.root_id)
    if said.is_root or root is None or root.author_id != call.account.id:
        raise XError(403, "Forbidden", "Only replies in your own conversations can be hidden.")
    hidden = bool(orjson.loads(await call.request.body()).get("hidden"))
    if said.hidden != hidden:
        call.world.set_hidden(said, hidden, "api")
    await call.strike("after", "hide")
    return {"data": {"hidden": hidden}}


async def own_posts(call: Call) -> Any:
    call.own()
    await call.strike("before", "list")
    return _timeline(call, call.world.by_author(call.account.id))


async def mentions(call: Call) -> Any:
    call.own()
    await call.strike("before", "list")
    found = [one for one in call.world.things.values() if one.network == "x" and not one.deleted]
    return _timeline(call, [one for one in found if shapes.concerns(one, call.account, call.world)])


def _timeline(call: Call, things: Sequence[Said]) -> dict[str, Any]:
    """Newest first; `since_id`, `start_time` and `pagination_token` (the last page's oldest) narrow it."""
    params = call.request.query_params
    low, high = int(params.get("since_id") or 0), int(params.get("pagination_token") or 0)
    start = datetime.fromisoformat(params["start_time"]).timestamp() if params.get("start_time") else 0.0
    size = min(max(int(params.get("max_results", 10)), 5), 100)
    found = sorted(things, key=lambda one: int(shapes.latest(one)), reverse=True)
    found = [one for one in found if int(shapes.latest(one)) > low and one.created_at >= start]
    found = [one for one in found if not high or int(shapes.latest(one)) < high]
    page = found[:size]
    meta: dict[str, Any] = {"result_count": len(page)}
    if page:
        meta |= {"newest_id": shapes.latest(page[0]), "oldest_id": shapes.latest(page[-1])}
        meta |= {"next_token": meta["oldest_id"]} if len(found) > size else {}
    data = {"data": [shapes.post(one) for one in page], "includes": shapes.includes(page)} if page else {}
    return {**data, "meta": meta}


async def upload(call: Call) -> Any:
    await call.strike("before", "media")
    form = await call.request.form()
    file = form.get("media")
    if not isinstance(file, UploadFile) or not form.get("media_category"):
        raise XError(400, "Invalid Request", "media and media_category are needed")
    number = str(call.world.next_number())
    content = base64.b64encode(await file.read()).decode()
    url = f"{call.request.url.scheme}://{call.request.url.netloc}/media/{number}"
    row = {"id": number, "kind": file.content_type or "", "content": content, "url": url}
    call.world.media[number] = row
    call.world.journal.put("media", number, row)
    return {"data": {"id": number, "media_key": f"3_{number}"}}


async def describe(call: Call) -> Any:
    body = orjson.loads(await call.request.body())
    if body.get("id") not in call.world.media or not body["metadata"]["alt_text"]["text"]:
        raise XError(400, "Invalid Request", "no such media")
    return {"data": {"id": body["id"]}}


ROUTES = (
    ("GET", "/2/users/me", get_me),
    ("GET", "/2/users/{id}/tweets", own_posts),
    ("GET", "/2/users/{id}/mentions", mentions),
    ("POST", "/2/tweets", create_post),
    ("GET", "/2/tweets/{id}", get_post),
    ("DELETE", "/2/tweets/{id}", delete_post),
    ("PUT", "/2/tweets/{id}/hidden", hide_reply),
    ("POST", "/2/media/upload", upload),
    ("POST", "/2/media/metadata", describe),
)


def create_x(world: World) -> FastAPI:
    app = FastAPI(openapi_url=None)
    app.state.world = world
    for method, path, work in ROUTES:

        async def endpoint(request: Request, work: Any = work) -> Response:
            return JSONResponse(await work(Call(request)), 201 if work is create_post else 200)

        app.add_route(path, endpoint, methods=[method])
    app.add_route("/2/oauth2/token", oauth_tokens.refresh_x, methods=["POST"])
    app.add_exception_handler(oauth_tokens.OAuthError, oauth_tokens.refused)  # type: ignore[arg-type]
    app.add_exception_handler(XError, _refused)  # type: ignore[arg-type]
    app.add_exception_handler(Trouble, _troubled)  # type: ignore[arg-type]
    return app


async def _refused(request: Request, error: XError) -> Response:
    return JSONResponse(error.body, error.status)


async def _troubled(request: Request, error: Trouble) -> Response:
    if error.kind == "rate_limit":
        reset = math.ceil(request.app.state.world.clock() + error.seconds)
        headers = {"x-rate-limit-limit": "100", "x-rate-limit-remaining": "0", "x-rate-limit-reset": str(reset)}
        return JSONResponse({"title": "Too Many Requests", "detail": "Too Many Requests", "status": 429}, 429, headers)
    if error.kind == "token_lost":
        return await _refused(request, XError(401, "Unauthorized", "Unauthorized"))
    if error.kind.startswith("server_error"):
        return await _refused(request, XError(500, "Internal Error", "Something went wrong"))
    return Cut()
