"""`/api/v1/brands/{brand}/people/{person}`: what is kept of one person, and erasing it."""

from typing import Annotated, Any

from fastapi import APIRouter, Path

from services.console.api import examples
from services.console.api.access import Operator
from services.console.api.tenants import BrandId, Given, Person, may, shown
from services.console.resources import Console
from shared.commands import answers
from shared.problems import responses

router = APIRouter(
    prefix="/api/v1/brands/{brand_id}/people/{person_id}",
    tags=["tenants"],
    dependencies=[Operator],
    responses=responses(401, 403, 404),
)
PersonId = Annotated[str, Path(max_length=200)]


@router.get("", responses=answers(200, examples.PERSON, "Who it is, and how much console shows of them"))
async def read(brand_id: BrandId, person_id: PersonId, console: Console, person: Person = "operator") -> dict[str, Any]:
    """What an erasure would be about. `person_id` is `author.id` of interactions, a handle or a name."""
    await may(console, brand_id, person)
    return await console.erasures.found(brand_id, person_id)


@router.post("/erasure", status_code=202, responses=answers(202, examples.REQUEST, "The request"))
async def erase(
    brand_id: BrandId, person_id: PersonId, console: Console, reason: Given, person: Person = "operator"
) -> dict[str, Any]:
    """Every service erases what it keeps of this person at this brand; follow it under `…/requests/{id}`."""
    await may(console, brand_id, person)
    new_id, now = console.floor.new_id(), console.floor.clock()
    row = await console.erasures.ask(brand_id, person_id, new_id, person, reason.why, now)
    details = {"why": reason.why}
    await console.audit.add(
        brand_id, "person.erased", act_id=new_id, person=person, about=row["person_id"], at=now, details=details
    )
    return shown(console, row)
