"""One member: their roles, ways back in for them (a new password, no second step), the end of their membership."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path
from fastapi.responses import RedirectResponse, Response

from services.console.domain.access import Person
from services.console.domain.membership import may_see, roles_of
from services.console.pages.members import SECTION, link_of, need, page, roles_in
from services.console.pages.members_view import member_row, place_rows
from services.console.shell import surroundings
from services.console.store.members import person_of
from services.console.store.membership import Refused
from services.console.visits import Acting, Visit, Visiting

router = APIRouter(include_in_schema=False)
Login = Annotated[str, Path(max_length=200)]


@router.get("/{scope}/members/of/{login}")
async def member_page(scope: str, login: Login, here: Visiting) -> Response:
    """What they may do where, and what can be done about it."""
    need(here, scope)
    return await _page(here, scope, await _member(here, login))


@router.post("/{scope}/members/of/{login}/roles")
async def change(scope: str, login: Login, here: Acting) -> Response:
    """Give them these roles; what they may do changes with their next click."""

    async def give(me: str, them: str) -> None:
        await here.console.membership.change(me, them, roles_in(await here.request.form()), here.now)

    return await _done(here, scope, login, "changed", give)


@router.post("/{scope}/members/of/{login}/remove")
async def remove(scope: str, login: Login, here: Acting) -> Response:
    """They are out, and signed out, at once."""
    return await _done(
        here, scope, login, "removed", lambda me, them: here.console.membership.remove(me, them, here.now)
    )


@router.post("/{scope}/members/of/{login}/reset")
async def reset(scope: str, login: Login, here: Acting) -> Response:
    """A link with which they choose a new password, shown on the page that answers, and never again."""
    need(here, scope)
    member = await _member(here, login)
    try:
        key = await here.console.invitations.reset(here.person.login, member.login, here.now)
    except Refused as refused:
        return await _page(here, scope, member, trouble=here.words(f"members.refused_{refused.why}"))
    told = here.words("members.reset_made", name=member.name)
    return await page(here, scope, told=told, link=link_of(here, f"/reset?key={key}"))


@router.post("/{scope}/members/of/{login}/clear")
async def clear_second_step(scope: str, login: Login, here: Acting) -> Response:
    """Their telephone is lost: the password alone opens, until they set the second step up again."""
    return await _done(here, scope, login, "cleared", lambda me, them: here.console.accounts.clear(me, them, here.now))


async def _done(
    here: Visit, scope: str, login: str, what: str, act: Callable[[str, str], Awaitable[object]]
) -> Response:
    """Do it to a member, and say so on the list; where it is refused, why, on their page."""
    need(here, scope)
    member = await _member(here, login)
    try:
        await act(here.person.login, member.login)
    except Refused as refused:
        return await _page(here, scope, member, trouble=here.words(f"members.refused_{refused.why}"))
    return RedirectResponse(f"/{scope}/members?done={what}", status_code=303)


async def _member(here: Visit, login: str) -> Person:
    row = await here.console.members.by_login(login)
    if row is None or not may_see(here.person, person_of(row)):
        raise HTTPException(404)
    return person_of(row)


async def _page(here: Visit, scope: str, member: Person, trouble: str = "") -> Response:
    values = await surroundings(here, scope, SECTION)
    values |= {
        "member": member_row(member, here.person, values["shell"]),
        "places": place_rows(here.person, roles_of(member), values["shell"]),
        "trouble": trouble,
    }
    return here.console.pages.html("members/member.html", values, status=422 if trouble else 200)
