"""Members and roles: who may do what at which brands, and one-time links for those who are to come."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from services.console.domain.access import BRAND_ROLES
from services.console.domain.membership import Roles, managed, manages_all, may_give, may_see
from services.console.pages.members_view import invitation_row, member_row, place_rows
from services.console.shell import surroundings
from services.console.store.members import person_of
from services.console.store.membership import Refused
from services.console.visits import ALL, Acting, Visit, Visiting

router = APIRouter(include_in_schema=False)
SECTION = "members"
DONE = frozenset({"changed", "given", "removed", "cancelled", "cleared", "required", "released"})
LOGIN = re.compile(r"[^\s/]{1,200}")
PLACE = "role:"


@router.get("/{scope}/members")
async def members_page(scope: str, here: Visiting) -> Response:
    """Who has a role at the brands of the scope, and who was invited."""
    done = here.request.query_params.get("done", "")
    return await page(here, scope, told=here.words(f"members.done_{done}") if done in DONE else "")


@router.get("/{scope}/members/invite")
async def invite_page(scope: str, here: Visiting) -> Response:
    """The form that makes a link for somebody who is to join."""
    return await _form(here, scope, "", {})


@router.post("/{scope}/members/invite")
async def invite(scope: str, here: Acting, login: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Makes the link, shown on the page that answers, and never again."""
    need(here, scope)
    login, roles = login.strip().casefold(), roles_in(await here.request.form())
    if not LOGIN.fullmatch(login):
        return await _form(here, scope, login, roles, trouble=here.words("members.refused_login"))
    try:
        key = await here.console.invitations.invite(here.person.login, login, roles, here.now)
    except Refused as refused:
        return await _form(here, scope, login, roles, trouble=here.words(f"members.refused_{refused.why}"))
    if not key:
        return RedirectResponse(f"/{scope}/members?done=given", status_code=303)
    told = here.words("members.invited", login=login)
    return await page(here, scope, told=told, link=link_of(here, f"/join?key={key}"))


@router.post("/{scope}/members/invitations/{link_id}/cancel")
async def cancel(scope: str, link_id: str, here: Acting) -> Response:
    """The link opens nothing any more."""
    need(here, scope)
    try:
        await here.console.invitations.cancel(here.person.login, link_id, here.now)
    except Refused as refused:
        return await page(here, scope, trouble=here.words(f"members.refused_{refused.why}"))
    return RedirectResponse(f"/{scope}/members?done=cancelled", status_code=303)


@router.post("/{scope}/members/second-step")
async def second_step(scope: str, here: Acting, needed: Annotated[str, Form(max_length=8)] = "") -> Response:
    """Everybody of the agency needs a second step, or chooses for themselves."""
    need(here, scope)
    try:
        await here.console.accounts.require(here.person.login, bool(needed), here.now)
    except Refused as refused:
        return await page(here, scope, trouble=here.words(f"members.refused_{refused.why}"))
    return RedirectResponse(f"/{scope}/members?done={'required' if needed else 'released'}", status_code=303)


async def page(here: Visit, scope: str, *, told: str = "", trouble: str = "", link: str = "") -> Response:
    """The list; `link` is one that was just made."""
    need(here, scope)
    values, console = await surroundings(here, scope, SECTION), here.console
    shown, words = set(here.brands(scope)), values["w"]
    people = [person_of(row) for row in await console.members.of_agency(here.person.agency_id)]
    waiting = await console.invitations.waiting(here.person.agency_id, here.now)
    agency = await console.directory.agency(here.person.agency_id) or {}
    invited = [row for row in waiting if may_give(here.person, row["roles"])]
    names = await console.members.names([row["by"] for row in invited])
    values |= {
        "members": [
            member_row(one, here.person, values["shell"])
            for one in people
            if may_see(here.person, one) and (scope == ALL or shown & one.roles.keys())
        ],
        "invited": [invitation_row(row, names, values["shell"], words, here.now) for row in invited],
        "manages_all": manages_all(here.person),
        "agency": agency.get("name", ""),
        "needed": bool(agency.get("second_step")),
        "told": told,
        "trouble": trouble,
        "link": link,
    }
    return console.pages.html("members/page.html", values, status=422 if trouble else 200)


def need(here: Visit, scope: str) -> None:
    """404 for a scope that is not theirs, 403 where they look after nobody."""
    brands = set(here.brands(scope))
    if not (managed(here.person) & brands or (scope == ALL and manages_all(here.person))):
        raise HTTPException(403)


def roles_in(form: FormData) -> Roles:
    """What a form says of places: `role:<brand>` or `role:*` with a role; nothing chosen is no role."""
    given = {name.removeprefix(PLACE): str(value) for name, value in form.items() if name.startswith(PLACE)}
    return {place: role for place, value in given.items() for role in BRAND_ROLES if role == value}


def link_of(here: Visit, path: str) -> str:
    """The whole address that is passed on."""
    return (here.console.settings.public_url or str(here.request.base_url)).rstrip("/") + path


async def _form(here: Visit, scope: str, login: str, roles: Roles, trouble: str = "") -> Response:
    need(here, scope)
    values: dict[str, Any] = await surroundings(here, scope, SECTION)
    values |= {"login": login, "trouble": trouble, "places": place_rows(here.person, roles, values["shell"])}
    return here.console.pages.html("members/invite.html", values, status=422 if trouble else 200)
