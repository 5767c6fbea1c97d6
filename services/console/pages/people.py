"""People: who speaks to a brand, one person's page, and what is asked for them."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import RedirectResponse, Response

from services.console.commanding import log, note, order
from services.console.domain.people import Wanted
from services.console.owners import OwnerAway
from services.console.pages import people_view as view
from services.console.shell import surroundings
from services.console.store.people import PAGE
from services.console.visits import ALL, Acting, Visit, Visiting
from shared.events.campaigns.opt_out_changed import OptOutChanged
from shared.events.topics import ALL as ALL_TOPICS
from shared.events.topics import REQUESTS

router = APIRouter(include_in_schema=False)
SECTION = "people"
SHOWN, LOOKED_AT, SHORTEST_WHY = 12, 500, 3
KEPT = timedelta(days=max(topic.retention_days for topic in ALL_TOPICS if not topic.compacted and topic != REQUESTS))
DONE = frozenset({"out", "in"})


@router.get("/{scope}/people")
async def people_page(scope: str, here: Visiting) -> Response:
    """The people of the brands shown, those who said most first."""
    asked = here.request.query_params.get("erased", "")
    told = await _erasure(here, scope, asked) if asked and scope != ALL else ""
    return here.console.pages.html("people/page.html", await _list(here, scope) | {"told": told})


@router.get("/{scope}/people/list")
async def people_list(scope: str, here: Visiting) -> Response:
    """The table again, after a doorbell."""
    return here.console.pages.html("people/table.html", await _list(here, scope))


@router.get("/{brand_id}/people/{person_id}")
async def person_page(brand_id: str, person_id: str, here: Visiting) -> Response:
    """All that is known of one person at one brand."""
    done = here.request.query_params.get("done", "")
    return await _person(here, brand_id, person_id, told=here.words(f"people.done_{done}") if done in DONE else "")


@router.post("/{brand_id}/people/{person_id}/opt-out")
async def opt_out(
    brand_id: str,
    person_id: str,
    here: Acting,
    out: Annotated[bool, Form()] = True,
    key: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """In no audience of the brand from now on; or as the criteria say again."""
    here.must("decide", brand_id)
    path = f"/people/{person_id}/opt-out"
    given = order(here, "campaigns", path, "decide", brand_id, {"out": out}, key=key)
    try:
        answer = await here.console.owners.send(given)
    except OwnerAway as away:
        return await _person(here, brand_id, person_id, trouble=here.words("inbox.away", service=away.service))
    if not answer.ok:
        return await _person(here, brand_id, person_id, trouble=here.words("inbox.refused", why=answer.detail))
    await note(here.console, given, person_id)
    await here.console.people.fold_opt_outs([OptOutChanged.model_validate({**answer.body, "brand_id": brand_id})])
    return RedirectResponse(f"/{brand_id}/people/{person_id}?done={'out' if out else 'in'}", status_code=303)


@router.post("/{brand_id}/people/{person_id}/erase")
async def erase(
    brand_id: str, person_id: str, here: Acting, why: Annotated[str, Form(max_length=500)] = ""
) -> Response:
    """Every service erases what it keeps of this person at this brand, for good."""
    here.must("erase", brand_id)
    if len(why.strip()) < SHORTEST_WHY:
        return await _person(here, brand_id, person_id, trouble=here.words("people.say_why"))
    request_id = here.console.floor.new_id()
    await here.console.erasures.ask(brand_id, person_id, request_id, here.person.member_id, why, here.now)
    await log(here, brand_id, "person.erased", person_id, {"why": why})
    return RedirectResponse(f"/{brand_id}/people?erased={request_id}", status_code=303)


async def _erasure(here: Visit, brand_id: str, request_id: str) -> str:
    """How far an erasure is, for those who may ask for one."""
    here.must("erase", brand_id)
    row = await here.console.requests.get(brand_id, request_id)
    services = len(here.console.settings.services) + 1
    gone = here.words.full(row["asked_at"] + KEPT)
    return here.words("people.erased", done=len(row["answers"]), services=services, when=gone)


async def _list(here: Visit, scope: str) -> dict[str, Any]:
    values, brands = await surroundings(here, scope, SECTION), here.brands(scope)
    wanted, people = Wanted.read(here.request.query_params), here.console.people
    found = await people.page(brands, wanted)
    tiles = {brand.id: brand for brand in values["shell"].brands}
    channels = await here.console.directory.channels(brands)
    return values | {
        "rows": view.rows(found[:PAGE], tiles, values["w"]),
        "wanted": wanted,
        "people_count": await people.count(brands, wanted),
        "networks": sorted({channel["network"] for channel in channels} - {"ads", "feed"}),
        "query": wanted.address(wanted.skip),
        "newer": wanted.address(max(0, wanted.skip - PAGE)) if wanted.skip else "",
        "older": wanted.address(wanted.skip + PAGE) if len(found) > PAGE else "",
    }


async def _person(here: Visit, brand_id: str, person_id: str, *, told: str = "", trouble: str = "") -> Response:
    values, console = await surroundings(here, brand_id, SECTION), here.console
    known = await console.people.get(brand_id, person_id) or {}
    items = await console.inbox.of_author(brand_id, person_id, LOOKED_AT)
    brand = values["shell"].brand
    if brand is None or not (items or known.get("said")):
        raise HTTPException(404)
    values |= {
        "one": view.person(person_id, known, items, values["w"], here.now),
        "chart": view.moods(items, values["w"], here.now),
        "items": view.said(items[:SHOWN], brand, values["w"], here.now),
        "contacts": await console.contacts.of_author(brand_id, person_id),
        "may_erase": here.person.may("erase", brand_id),
        "may_opt_out": here.person.may("decide", brand_id),
        "command_key": console.floor.new_id(),
        "told": told,
        "trouble": trouble,
    }
    return console.pages.html("people/person.html", values, status=422 if trouble else 200)
