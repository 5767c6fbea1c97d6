"""The LinkedIn surface: a Page's posts, comments, images, notifications, and the people whom it may see."""

import base64
import re
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.responses import Response

from parvis.simulator import linkedin_shapes as shapes
from parvis.simulator import oauth_tokens, urns
from parvis.simulator.linkedin_calls import Call, LinkedInError, serve
from parvis.simulator.records import Person
from parvis.simulator.world import World, living
from shared.networks.linkedin.codes import plain

VERBS = {"create": "add", "edited": "edited", "remove": "remove"}
LONGEST_POST, LONGEST_COMMENT = 3000, 1250
UNESCAPED = re.compile(r"(?<!\\)[|{}@\[\]()<>*_~]")
LISTED = re.compile(r"List\((.*)\)")
RANGE = re.compile(r"\(start:(\d+),end:(\d+)\)")


async def administered(call: Call) -> Any:
    await call.strike("before", "read")
    urn = f"urn:li:organization:{call.account.id}"
    return {"elements": [{"organization": urn, "role": "ADMINISTRATOR", "state": "APPROVED"}]}


async def get_organization(call: Call) -> Any:
    found = call.world.accounts.get(call.request.path_params["id"])
    if found is None or found.network != "linkedin":
        raise LinkedInError(404, "no such organization")
    return shapes.organization(found)


async def get_people(call: Call) -> Any:
    """Those who said something; of others nothing."""
    wanted = set(re.findall(r"\(id:([^)]+)\)", call.params.get("ids", "")))
    said = {one.author_id: one for one in call.world.things.values() if one.author_id in wanted}
    people = {f"(id:{who})": shapes.person(who, one.author_name, one.author_handle) for who, one in said.items()}
    return {"results": people}


async def create_post(call: Call) -> Any:
    asked = await call.body()
    await call.strike("before", "post")
    commentary, content = str(asked.get("commentary") or ""), asked.get("content") or {}
    images = [content["media"]] if "media" in content else (content.get("multiImage") or {}).get("images", [])
    rows = [call.world.media.get(str(one["id"]).rpartition(":")[2]) for one in images]
    if asked.get("author") != f"urn:li:organization:{call.account.id}" or None in rows or not (commentary or rows):
        raise LinkedInError(422, "the post is not as it must be", "INVALID_CONTENT")
    if len(commentary) > LONGEST_POST:
        raise LinkedInError(422, "commentary is too long", "FIELD_LENGTH_TOO_LONG")
    # what is reserved and not escaped cuts the text off, silently
    cut = UNESCAPED.search(commentary.replace("\\\\", "  "))
    text = plain(commentary[: cut.start()] if cut else commentary)
    own = (one for one in call.world.by_author(call.account.id) if one.is_root)
    if text and (standing := call.same(own, text)):
        raise LinkedInError(422, f"Content is a duplicate of {standing.id}", "DUPLICATE_POST")
    media = [str(row["url"]) for row in rows if row]
    said = call.world.post(call.account, text, media=media, via="api")
    await call.strike("after", "post")
    return Response(status_code=201, headers={"x-restli-id": said.id})


async def list_posts(call: Call) -> Any:
    await call.strike("before", "list")
    found = [one for one in call.world.by_author(call.account.id) if one.is_root]
    newest = sorted(found, key=lambda one: one.edited_at or one.created_at, reverse=True)
    return call.page(newest, lambda one: shapes.post(one, call.world))


async def get_post(call: Call) -> Any:
    await call.strike("before", "read")
    return shapes.post(call.thing(call.request.path_params["urn"]), call.world)


async def delete_post(call: Call) -> Any:
    """The same answer whether it was there."""
    await call.strike("before", "delete")
    said = call.world.thing(call.request.path_params["urn"])
    if said is not None and said.author_id != call.account.id:
        raise LinkedInError(403, "Not enough permissions to delete this post", "ACCESS_DENIED")
    if said is not None:
        call.world.delete(said, "api")
    await call.strike("after", "delete")
    return Response(status_code=204)


async def list_comments(call: Call) -> Any:
    """Those directly below; with `ids` those of the whole post that it names."""
    await call.strike("before", "list")
    above = call.thing(call.request.path_params["urn"])
    if named := LISTED.fullmatch(call.params.get("ids", "")):
        found = {str(one.number): one for one in living(call.world.below(call.world.things[above.root_id]))}
        return {"results": {one: shapes.comment(found[one], call.world) for one in named[1].split(",") if one in found}}
    return call.page(living(call.world.answers(above)), lambda one: shapes.comment(one, call.world))


async def get_comment(call: Call) -> Any:
    await call.strike("before", "read")
    return shapes.comment(call.comment(), call.world)


async def create_comment(call: Call) -> Any:
    asked = await call.body()
    await call.strike("before", "reply")
    parent = call.thing(call.request.path_params["urn"])
    text = str((asked.get("message") or {}).get("text") or "")
    wanted = urns.activity(parent.root_id) if not parent.is_root else asked.get("object")
    is_third = not parent.is_root and parent.parent_id != parent.root_id
    if is_third or asked.get("object") != wanted or asked.get("actor") != f"urn:li:organization:{call.account.id}":
        raise LinkedInError(400, "the comment is not as it must be")
    if not text or len(text) > LONGEST_COMMENT:
        raise LinkedInError(422, "message.text is too long", "FIELD_LENGTH_TOO_LONG")
    author = Person(call.account.id, call.account.name, call.account.handle)
    said = call.world.answer(parent, text, author, via="api")
    await call.strike("after", "reply")
    return JSONResponse(shapes.comment(said, call.world), 201, {"x-restli-id": str(said.number)})


async def delete_comment(call: Call) -> Any:
    """Own ones, and those below own posts."""
    await call.strike("before", "delete")
    said = call.comment()
    owner = call.world.things[said.root_id].author_id
    if call.account.id not in (said.author_id, owner):
        raise LinkedInError(403, "Not enough permissions to delete this comment", "ACCESS_DENIED")
    call.world.delete(said, "api")
    await call.strike("after", "delete")
    return Response(status_code=204)


async def list_notifications(call: Call) -> Any:
    """What was told of this Page within a span of time, whether by webhook or not."""
    await call.strike("before", "list")
    span, named = RANGE.fullmatch(call.params["timeRange"]), LISTED.fullmatch(call.params["actions"])
    if span is None or named is None:
        raise LinkedInError(400, "timeRange and actions are needed")
    world, account, found = call.world, call.account, []
    for line in world.journal.ledger(account=account.id, limit=100_000):
        said = world.things.get(line["subject"])
        if line["event"] in VERBS and said is not None and int(span[1]) <= line["at"] * 1000 < int(span[2]):
            told = shapes.notification(VERBS[line["event"]], said, account, world, line["at"])
            found += [told] if told and told["action"] in named[1].split(",") else []
    return call.page(found, lambda one: one)


async def begin_upload(call: Call) -> Any:
    await call.strike("before", "media")
    number, where = str(call.world.next_number()), call.request.url
    url = f"{where.scheme}://{where.netloc}{call.request.scope['root_path']}/rest/uploads/{number}"
    return {"value": {"uploadUrl": url, "image": f"urn:li:image:{number}"}}


async def upload(call: Call) -> Any:
    number, where = str(call.request.path_params["number"]), call.request.url
    content = base64.b64encode(await call.request.body()).decode()
    url = f"{where.scheme}://{where.netloc}/media/{number}"
    row = {"id": number, "kind": "image/jpeg", "content": content, "url": url}
    call.world.media[number] = row
    call.world.journal.put("media", number, row)
    return Response(status_code=201)


ROUTES = (
    ("GET", "/rest/organizationAcls", administered),
    ("GET", "/rest/organizations/{id}", get_organization),
    ("GET", "/rest/people", get_people),
    ("POST", "/rest/posts", create_post),
    ("GET", "/rest/posts", list_posts),
    ("GET", "/rest/posts/{urn}", get_post),
    ("DELETE", "/rest/posts/{urn}", delete_post),
    ("GET", "/rest/socialActions/{urn}/comments", list_comments),
    ("POST", "/rest/socialActions/{urn}/comments", create_comment),
    ("GET", "/rest/socialActions/{urn}/comments/{number:int}", get_comment),
    ("DELETE", "/rest/socialActions/{urn}/comments/{number:int}", delete_comment),
    ("GET", "/rest/organizationalEntityNotifications", list_notifications),
    ("POST", "/rest/images", begin_upload),
    ("PUT", "/rest/uploads/{number:int}", upload),
)


def create_linkedin(world: World) -> FastAPI:
    app = FastAPI(openapi_url=None)
    serve(app, world, ROUTES)
    app.add_route("/oauth/v2/accessToken", oauth_tokens.refresh_linkedin, methods=["POST"])
    app.add_route("/oauth/v2/introspectToken", oauth_tokens.introspect, methods=["POST"])
    app.add_exception_handler(oauth_tokens.OAuthError, oauth_tokens.refused)  # type: ignore[arg-type]
    return app
