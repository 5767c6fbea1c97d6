"""Where an agency's other systems are told of alerts: registered by who is admin of all its brands."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import RedirectResponse, Response

from services.console.commanding import log
from services.console.domain.alerts import FOLLOWS, FOR_AGENCIES, may_be_called
from services.console.shell import surroundings
from services.console.visits import ALL, Acting, Visit, Visiting

router = APIRouter(include_in_schema=False)
SECTION = "alerts"
MOST = 10
ACTS = frozenset({"resume", "remove"})
OFFERED = tuple(kind for kind in FOR_AGENCIES if kind not in FOLLOWS)


@router.get("/{scope}/alerts/hooks")
async def hooks_page(scope: str, here: Visiting) -> Response:
    """The agency's hooks."""
    here.brands(scope)
    await _brands(here)
    done = here.request.query_params.get("done", "")
    return await _page(here, told=here.words(f"alerts.hook_{done}") if done in ACTS else "")


@router.post("/alerts/hooks")
async def register(here: Acting, url: Annotated[str, Form(max_length=500)] = "") -> Response:
    """A new hook; its secret is shown on the page that answers, and on no other."""
    brands = await _brands(here)
    form, console = await here.request.form(), here.console
    kinds = [kind for kind in OFFERED if kind in form.getlist("kinds")]
    fits = may_be_called(url.strip(), console.settings.egress_allow)
    trouble = "" if fits else here.words("alerts.hook_address")
    if trouble or not kinds or len(await console.alerting.hooks.of(here.person.agency_id)) >= MOST:
        return await _page(here, trouble=trouble or here.words("alerts.hook_needs", count=MOST), url=url, kinds=kinds)
    hook: dict[str, Any] = {"_id": console.floor.new_id(), "agency_id": here.person.agency_id, "url": url.strip()}
    await console.alerting.hooks.add(hook | {"kinds": kinds, "person": here.person.member_id, "created_at": here.now})
    await _log(here, brands, "registered", hook["_id"])
    secret = console.alerting.teller.secret(hook | {"generation": 1})
    return await _page(here, told=here.words("crm.registered"), secret=secret)


@router.post("/alerts/hooks/{hook_id}/rotate")
async def rotate(hook_id: str, here: Acting) -> Response:
    """A new secret, shown once; the old one signs nothing any more."""
    brands = await _brands(here)
    hook = await here.console.alerting.hooks.change(here.person.agency_id, hook_id, "rotate")
    if hook is None:
        raise HTTPException(404)
    await _log(here, brands, "rotated", hook_id)
    secret = here.console.alerting.teller.secret(hook)
    return await _page(here, told=here.words("alerts.hook_rotated"), secret=secret)


@router.post("/alerts/hooks/{hook_id}/{act}")
async def act(hook_id: str, act: str, here: Acting) -> Response:
    """resume or remove."""
    brands = await _brands(here)
    if act not in ACTS or await here.console.alerting.hooks.change(here.person.agency_id, hook_id, act) is None:
        raise HTTPException(404)
    await _log(here, brands, act, hook_id)
    return RedirectResponse(f"/{ALL}/alerts/hooks?done={act}", status_code=303)


async def may_hook(here: Visit) -> bool:
    """Whether this person is admin of all brands of their agency."""
    brands = await here.console.directory.brands_of_agency(here.person.agency_id)
    return bool(brands) and all(here.person.may("members", brand) for brand in brands)


async def _brands(here: Visit) -> list[str]:
    if not await may_hook(here):
        raise HTTPException(403)
    return await here.console.directory.brands_of_agency(here.person.agency_id)


async def _log(here: Visit, brands: list[str], act: str, hook_id: str) -> None:
    """An agency's act is in the log of each of its brands."""
    for brand_id in brands:
        await log(here, brand_id, f"key.hook_{act}", hook_id)


async def _page(here: Visit, *, told: str = "", trouble: str = "", secret: str = "", **given: Any) -> Response:
    values = await surroundings(here, ALL, SECTION)
    values |= {
        "hooks": await here.console.alerting.hooks.of(here.person.agency_id),
        "offered": OFFERED,
        "given": {"url": "", "kinds": OFFERED} | given,
        "told": told,
        "trouble": trouble,
        "secret": secret,
    }
    return here.console.pages.html("alerts/hooks.html", values, status=422 if trouble else 200)
