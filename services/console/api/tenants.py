"""`/api/v1/brands/{brand}/export|erasure`: a whole brand's data, for an admin of the brand or the operator."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Path
from pydantic import BaseModel, ConfigDict, Field

from services.console.api import examples
from services.console.api.access import Operator
from services.console.resources import Console
from services.console.store.members import person_of
from shared.commands import answers
from shared.errors import Forbidden
from shared.events.topics import ALL, REQUESTS
from shared.mongo.operations import Document
from shared.problems import Problem, responses

router = APIRouter(
    prefix="/api/v1/brands/{brand_id}",
    tags=["tenants"],
    dependencies=[Operator],
    responses=responses(401, 403, 404, 409),
)
BrandId = Annotated[str, Path(pattern=r"^[\w-]{1,80}$")]
RequestId = Annotated[str, Path(pattern=r"^[\w-]{1,80}$")]
Person = Annotated[str, Header(alias="X-Parvis-Person", max_length=120)]
# What people said is on these; the request itself stays a little longer.
KEPT = timedelta(days=max(topic.retention_days for topic in ALL if not topic.compacted and topic != REQUESTS))


class Reason(BaseModel):
    """Why it is asked; kept with the request."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"why": "the contract has ended"}]})

    why: str = Field(min_length=3, max_length=500)


Given = Annotated[Reason, Body()]
ASKED = answers(202, examples.REQUEST, "The request; nobody has answered yet")


@router.post("/export", status_code=202, responses=ASKED)
async def export(brand_id: BrandId, console: Console, reason: Given, person: Person = "operator") -> dict[str, Any]:
    """Every service writes down what it holds of the brand, secrets left out; follow it by its id."""
    return await _ask(console, "export", brand_id, person, reason)


@router.post("/erasure", status_code=202, responses=ASKED)
async def erase(brand_id: BrandId, console: Console, reason: Given, person: Person = "operator") -> dict[str, Any]:
    """Every service erases what it holds of the brand, for good; follow it by its id. Its ads are off before that."""
    await _need_ads_off(console, brand_id)
    return await _ask(console, "erasure", brand_id, person, reason)


@router.get("/requests/{request_id}", responses=answers(200, examples.REQUEST, "The request and its answers"))
async def report(brand_id: BrandId, request_id: RequestId, console: Console) -> dict[str, Any]:
    """What each service answered; `gone_from_topics_at`: when Kafka has lost what was said, by age."""
    return shown(console, await console.requests.get(brand_id, request_id))


async def _ask(console: Console, kind: str, brand_id: str, person: str, reason: Reason) -> dict[str, Any]:
    await may(console, brand_id, person)
    new_id, now = console.floor.new_id(), console.floor.clock()
    return shown(console, await console.requests.ask(kind, brand_id, new_id, person, reason.why, now))


async def may(console: Console, brand_id: str, person: str) -> None:
    """The operator, or an admin of the brand for whom the holder of the operator's key asks."""
    if person == "operator":
        return
    member = await console.members.by_login(person)
    if member is None or not person_of(member).may("erase", brand_id):
        raise Forbidden(f"{person} is no admin of this brand")


async def _need_ads_off(console: Console, brand_id: str) -> None:
    """An ad that still runs when its account is forgotten could be switched off by nobody."""
    known = await console.campaigns.of([brand_id])
    running = [one["name"] for one in known if one["serving"] or not one["confirmed"]]
    if running:
        raise Problem(
            409, f"ads may still run: pause or end {', '.join(running)}, and ask again when that is confirmed"
        )


def shown(console: Console, row: Document) -> dict[str, Any]:
    told = {one["service"]: {"at": one["at"], "counts": one["counts"]} for one in row["answers"]}
    missing = sorted({"console", *console.settings.services} - told.keys())
    return {
        "request_id": row["_id"],
        "kind": row["kind"],
        "brand_id": row["brand"],
        "by": row["by"],
        "why": row["why"],
        "asked_at": row["asked_at"],
        "answers": told,
        "missing": missing,
        "gone_from_topics_at": row["asked_at"] + KEPT if row["kind"] != "export" else None,
    }
