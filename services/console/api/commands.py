"""`POST /api/v1/brands/{brand}/…`: commands passed on to the service that owns the thing."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Header
from fastapi.responses import JSONResponse

from services.console.api import examples
from services.console.api.access import Operator
from services.console.commanding import note
from services.console.owners import Order, OwnerAway
from services.console.owners import Reply as Answer
from services.console.resources import Console
from shared.commands import answers
from shared.errors import NotFound
from shared.problems import busy, responses
from shared.rights import Right

router = APIRouter(
    prefix="/api/v1/brands/{brand_id}",
    tags=["commands"],
    dependencies=[Operator],
    responses=responses(401, 403, 404, 409, 503),
)
Given = dict[str, Any]
DecideInteraction = Annotated[Given, Body(examples=[examples.DECISION])]
ActOnCase = Annotated[Given, Body(openapi_examples=examples.CASE_ACTS)]
PutPolicy = Annotated[Given, Body(examples=[examples.RULES])]
Reply = Annotated[Given, Body(examples=[examples.REPLY])]
Settle = Annotated[Given, Body(examples=[examples.SETTLEMENT])]
Check = Annotated[Given, Body(examples=[examples.CHECK])]
BeginPost = Annotated[Given, Body(examples=[examples.DRAFT])]
ActOnPost = Annotated[Given, Body(openapi_examples=examples.POST_ACTS)]
Key = Annotated[str, Header(alias="Idempotency-Key", max_length=200)]
Seq = Annotated[int | None, Header(alias="If-Match")]
Person = Annotated[str, Header(alias="X-Parvis-Person", max_length=120)]
CASE_ACTS = ("claim", "release", "decide", "undo", "escalate")
POST_RIGHTS: dict[str, Right] = {
    "submit": "compose",
    "approve": "approve",
    "schedule": "schedule",
    "reschedule": "schedule",
    "cancel": "schedule",
    "send": "schedule",
}


@router.post("/interactions/{interaction_id}/decide", responses=answers(200, examples.CASE))
async def decide_interaction(
    brand_id: str, interaction_id: str, body: DecideInteraction, console: Console, key: Key, person: Person = "operator"
) -> JSONResponse:
    """A decision about an interaction; opens its case where there is none."""
    path = f"/brands/{brand_id}/interactions/{interaction_id}/decide"
    return await pass_on(console, Order("moderation", "POST", path, "decide", brand_id, person, key, body))


@router.post("/cases/{case_id}/{act}", responses=answers(200, examples.CASE))
async def act_on_case(
    brand_id: str, case_id: str, act: str, body: ActOnCase, console: Console, key: Key, person: Person = "operator"
) -> JSONResponse:
    """claim, release, decide, undo or escalate."""
    path = f"/brands/{brand_id}/cases/{case_id}/{act if act in CASE_ACTS else 'unknown'}"
    return await pass_on(console, Order("moderation", "POST", path, "decide", brand_id, person, key, body))


@router.put("/policy", responses=answers(200, examples.RULES))
async def put_policy(
    brand_id: str, body: PutPolicy, console: Console, key: Key, person: Person = "operator"
) -> JSONResponse:
    """The brand's house rules."""
    path = f"/brands/{brand_id}/policy"
    return await pass_on(console, Order("moderation", "PUT", path, "policies", brand_id, person, key, body))


@router.post("/replies", status_code=202, responses=answers(202, examples.ACTION))
async def reply(brand_id: str, body: Reply, console: Console, key: Key, person: Person = "operator") -> JSONResponse:
    """Answer an interaction; where it stands is filled in from what the console knows."""
    item = await console.inbox.get([brand_id], str(body.get("interaction_id", "")))
    if item is None or "place" not in item:
        raise NotFound("no such interaction of this brand; it may come in a moment")
    author = item["author"]
    told = {"place": item["place"], "author_handle": author["handle"], "author_external_id": author["external_id"]}
    path = f"/brands/{brand_id}/replies"
    return await pass_on(console, Order("publisher", "POST", path, "reply", brand_id, person, key, body | told))


@router.post("/deliveries/{delivery_id}/settle", responses=answers(200, examples.POST))
async def settle(
    brand_id: str, delivery_id: str, body: Settle, console: Console, key: Key, person: Person = "operator"
) -> JSONResponse:
    """Say what became of a stranded delivery."""
    path = f"/brands/{brand_id}/deliveries/{delivery_id}/settle"
    return await pass_on(console, Order("publisher", "POST", path, "schedule", brand_id, person, key, body))


@router.post("/checks", responses=answers(200, examples.CHECKED))
async def check(brand_id: str, body: Check, console: Console, key: Key, person: Person = "operator") -> JSONResponse:
    """Check renditions against their networks' codes."""
    path = f"/brands/{brand_id}/checks"
    return await pass_on(console, Order("publisher", "POST", path, "read", brand_id, person, key, body))


@router.post("/channels/{channel_id}/{act}", status_code=202, responses=answers(202, {"due": True}))
async def read_channel(
    brand_id: str, channel_id: str, act: str, console: Console, key: Key, person: Person = "operator"
) -> JSONResponse:
    """poll (read it now) or backfill (read it from its beginning)."""
    path = f"/brands/{brand_id}/channels/{channel_id}/{act if act in ('poll', 'backfill') else 'unknown'}"
    return await pass_on(console, Order("ingest", "POST", path, "channels", brand_id, person, key, {}))


@router.post("/posts", status_code=201, responses=answers(201, examples.POST))
async def begin_post(
    brand_id: str, body: BeginPost, console: Console, key: Key, person: Person = "operator"
) -> JSONResponse:
    """Begin a post."""
    path = f"/brands/{brand_id}/posts"
    return await pass_on(console, Order("publisher", "POST", path, "compose", brand_id, person, key, body))


@router.post("/posts/{post_id}/{act}", responses=answers(200, examples.POST))
async def act_on_post(
    brand_id: str,
    post_id: str,
    act: str,
    body: ActOnPost,
    console: Console,
    key: Key,
    seq: Seq = None,
    person: Person = "operator",
) -> JSONResponse:
    """submit, approve, schedule, reschedule, cancel or send."""
    right = POST_RIGHTS.get(act, "compose")
    path = f"/brands/{brand_id}/posts/{post_id}/{act if act in POST_RIGHTS else 'unknown'}"
    return await pass_on(console, Order("publisher", "POST", path, right, brand_id, person, key, body, seq))


async def pass_on(console: Console, order: Order) -> JSONResponse:
    """What the owner answers; raises a 503 problem while it is away."""
    try:
        reply = await console.owners.send(order)
    except OwnerAway as away:
        raise busy(2, str(away)) from None
    if reply.ok and order.method != "GET" and order.right != "read":
        await note(console, order, _about(order, reply))
    media_type = "application/json" if reply.ok else "application/problem+json"
    after = {"Retry-After": reply.after} if reply.after else None
    return JSONResponse(dict(reply.body), reply.status, after, media_type)


def _about(order: Order, reply: Answer) -> str:
    """What it was done to, as the pages name it: the interaction or post where there is one, else the thing itself."""
    named = (reply.body.get(name) for name in ("interaction_id", "post_id", "endpoint_id", "contact_id"))
    return next((str(one) for one in named if one), order.path.split("/")[3])
