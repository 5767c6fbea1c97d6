"""`/api/v1/brands/{brand}/campaigns`: planned, looked at, started, paused, resumed, ended by other systems."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Header, Path
from fastapi.openapi.models import Example
from fastapi.responses import JSONResponse

from services.console.api import examples
from services.console.api.access import Operator
from services.console.api.commands import Key, Person, Seq, pass_on
from services.console.owners import Order
from services.console.resources import Console
from shared.commands import answers
from shared.problems import responses

router = APIRouter(
    prefix="/api/v1/brands/{brand_id}",
    tags=["commands"],
    dependencies=[Operator],
    responses=responses(401, 403, 404, 409, 422, 503),
)
Given = dict[str, Any]
Plan = Annotated[Given, Body(examples=[examples.PLAN])]
Audience = Annotated[Given, Body(examples=[examples.AUDIENCE])]
OptOut = Annotated[Given, Body(examples=[{"out": True}])]
ACTS: dict[str, Example] = {"start": {"value": {}}, "pause": {"value": {"why": "the shop is out of stock"}}}
Reason = Annotated[Given, Body(openapi_examples=ACTS)]
Id = Annotated[str, Path(pattern=r"^[\w-]{1,100}$")]
OwnKey = Annotated[str, Header(alias="Idempotency-Key", max_length=200)]
CAMPAIGNS = "/brands/{}/campaigns"


@router.post("/campaigns", status_code=201, responses=answers(201, examples.CAMPAIGN))
async def plan(brand_id: str, body: Plan, console: Console, key: Key, person: Person = "operator") -> JSONResponse:
    """Plan a campaign: a draft, whose audience is counted at once."""
    path = CAMPAIGNS.format(brand_id)
    return await pass_on(console, Order("campaigns", "POST", path, "compose", brand_id, person, key, body))


@router.get("/campaigns/{campaign_id}", responses=answers(200, examples.CAMPAIGN))
async def read(brand_id: str, campaign_id: Id, console: Console, person: Person = "operator") -> JSONResponse:
    """The campaign as it is."""
    path = f"{CAMPAIGNS.format(brand_id)}/{campaign_id}"
    return await pass_on(console, Order("campaigns", "GET", path, "read", brand_id, person, ""))


@router.put("/campaigns/{campaign_id}", responses=answers(200, examples.CAMPAIGN))
async def change(
    brand_id: str, campaign_id: Id, body: Plan, console: Console, key: Key, person: Person = "operator", seq: Seq = None
) -> JSONResponse:
    """Another plan."""
    path = f"{CAMPAIGNS.format(brand_id)}/{campaign_id}"
    return await pass_on(console, Order("campaigns", "PUT", path, "compose", brand_id, person, key, body, seq))


@router.post("/campaigns/{campaign_id}/{act}", responses=answers(200, examples.CAMPAIGN))
async def act(
    brand_id: str,
    campaign_id: Id,
    act: Literal["start", "pause", "resume", "end"],
    body: Reason,
    console: Console,
    key: Key,
    person: Person = "operator",
    seq: Seq = None,
) -> JSONResponse:
    """start, pause, resume or end."""
    path = f"{CAMPAIGNS.format(brand_id)}/{campaign_id}/{act}"
    return await pass_on(console, Order("campaigns", "POST", path, "schedule", brand_id, person, key, body, seq))


@router.post("/audiences/preview", responses=answers(200, examples.PREVIEW))
async def preview(
    brand_id: str, body: Audience, console: Console, key: OwnKey = "", person: Person = "operator"
) -> JSONResponse:
    """Who would be addressed: how many, and a few of them; nothing is kept."""
    path, own = f"/brands/{brand_id}/audiences/preview", key or console.floor.new_id()
    return await pass_on(console, Order("campaigns", "POST", path, "compose", brand_id, person, own, body))


@router.post("/people/{person_id}/opt-out", responses=answers(200, examples.OPT_OUT))
async def opt_out(
    brand_id: str, person_id: Id, body: OptOut, console: Console, key: Key, person: Person = "operator"
) -> JSONResponse:
    """This person is in no audience of the brand any more (or may be again)."""
    path = f"/brands/{brand_id}/people/{person_id}/opt-out"
    return await pass_on(console, Order("campaigns", "POST", path, "decide", brand_id, person, key, body))
