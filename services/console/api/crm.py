"""`/api/v1/brands/{brand}/contacts` and `/endpoints`: what a brand's other systems say, and where they are told."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Header, Path, Query
from fastapi.openapi.models import Example
from fastapi.responses import JSONResponse

from services.console.api import examples
from services.console.api.access import Caller
from services.console.api.commands import pass_on
from services.console.owners import Order
from services.console.resources import Console
from shared.commands import answers
from shared.problems import responses

router = APIRouter(
    prefix="/api/v1/brands/{brand_id}", tags=["commands"], responses=responses(401, 403, 404, 409, 422, 503)
)
Given = dict[str, Any]
Contact = Annotated[Given, Body(examples=[examples.CONTACT])]
Endpoint = Annotated[Given, Body(examples=[examples.REGISTRATION])]
Again = Annotated[Given, Body(examples=[examples.AGAIN])]
ACTS: dict[str, Example] = {"pause": {"value": {}}, "resume": {"value": {}}, "remove": {"value": {}}}
Nothing = Annotated[Given, Body(openapi_examples=ACTS)]
ExternalId = Annotated[str, Path(pattern=r"^[^/?#]{1,200}$")]
Id = Annotated[str, Path(pattern=r"^[\w-]{1,100}$")]
OfState = Literal["", "waiting", "held", "delivered", "failed", "cancelled"]
Limit = Annotated[int, Query(ge=1, le=500)]
Key = Annotated[str, Header(alias="Idempotency-Key", max_length=200)]
ENDPOINTS = "/brands/{}/endpoints"


@router.put("/contacts/{external_id}", responses=answers(200, examples.CONTACT_STATE))
async def put_contact(
    brand_id: str, external_id: ExternalId, body: Contact, console: Console, who: Caller
) -> JSONResponse:
    """Say all of a contact; the same again changes nothing. `authors` are `author.id` of interactions."""
    path = f"/brands/{brand_id}/contacts/{external_id}"
    return await _ask(console, "PUT", path, brand_id, who, "", body)


@router.get("/endpoints", responses=answers(200, {"endpoints": [examples.ENDPOINT]}, "The oldest first"))
async def endpoints(brand_id: str, console: Console, who: Caller) -> JSONResponse:
    """Where the brand's other systems are told."""
    return await _ask(console, "GET", ENDPOINTS.format(brand_id), brand_id, who, "", None)


@router.get(
    "/endpoints/{endpoint_id}/deliveries", responses=answers(200, {"deliveries": [examples.WEBHOOK]}, "The newest")
)
async def deliveries(
    brand_id: str, endpoint_id: Id, console: Console, who: Caller, state: OfState = "", limit: Limit = 50
) -> JSONResponse:
    """The newest deliveries of an endpoint with their attempts; of one state where named."""
    path = f"{ENDPOINTS.format(brand_id)}/{endpoint_id}/deliveries"
    return await _ask(console, "GET", path, brand_id, who, "", None, {"state": state, "limit": str(limit)})


@router.post("/endpoints", status_code=201, responses=answers(201, examples.ENDPOINT_SECRET))
async def register(brand_id: str, body: Endpoint, console: Console, who: Caller, key: Key = "") -> JSONResponse:
    """Register an endpoint; its secret is in this answer alone."""
    return await _ask(console, "POST", ENDPOINTS.format(brand_id), brand_id, who, key, body)


@router.put("/endpoints/{endpoint_id}", responses=answers(200, examples.ENDPOINT))
async def change(brand_id: str, endpoint_id: Id, body: Endpoint, console: Console, who: Caller) -> JSONResponse:
    """Another address, description or choice of facts."""
    return await _ask(console, "PUT", f"{ENDPOINTS.format(brand_id)}/{endpoint_id}", brand_id, who, "", body)


@router.post("/endpoints/{endpoint_id}/rotate", responses=answers(200, examples.ENDPOINT_SECRET))
async def rotate(brand_id: str, endpoint_id: Id, console: Console, who: Caller, key: Key = "") -> JSONResponse:
    """A new secret, in this answer alone; for a day the old one signs too."""
    return await _ask(console, "POST", f"{ENDPOINTS.format(brand_id)}/{endpoint_id}/rotate", brand_id, who, key, {})


@router.post("/endpoints/{endpoint_id}/replay", responses=answers(200, {"again": 12}))
async def replay(
    brand_id: str, endpoint_id: Id, body: Again, console: Console, who: Caller, key: Key = ""
) -> JSONResponse:
    """Tell ended deliveries again, each under its own id: one, or all of a state."""
    return await _ask(console, "POST", f"{ENDPOINTS.format(brand_id)}/{endpoint_id}/replay", brand_id, who, key, body)


@router.post("/endpoints/{endpoint_id}/{act}", responses=answers(200, examples.ENDPOINT))
async def act(
    brand_id: str,
    endpoint_id: Id,
    act: Literal["pause", "resume", "remove"],
    body: Nothing,
    console: Console,
    who: Caller,
    key: Key = "",
) -> JSONResponse:
    """pause (what happens is kept), resume or remove."""
    return await _ask(console, "POST", f"{ENDPOINTS.format(brand_id)}/{endpoint_id}/{act}", brand_id, who, key, {})


async def _ask(
    console: Console,
    method: str,
    path: str,
    brand_id: str,
    who: str,
    key: str,
    body: Given | None,
    query: Mapping[str, str] | None = None,
) -> JSONResponse:
    own = key or console.floor.new_id()
    order = Order("crm", method, path, "endpoints", brand_id, who, own, body, query=query or {})
    return await pass_on(console, order)
