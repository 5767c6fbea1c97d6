"""A request by a signed-in person: who they are, in which language, at what time, and which brands they look at."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from services.console.domain.access import Person
from services.console.resources import Console, Resources
from services.console.words import Words, choose_language, messages
from shared.rights import Right

ALL = "all"
SET_UP = "/account/second-step"


class SignInNeeded(Exception):
    """Nobody is signed in, or no more."""


class SecondStepNeeded(Exception):
    """The agency asks its members for a second step, and this one has not set it up."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of one person. `session` is the digest of their session's id."""

    request: Request
    console: Resources
    person: Person
    csrf: str
    session: str
    words: Words
    now: datetime

    def brands(self, scope: str) -> tuple[str, ...]:
        """The brands a scope covers: all that were granted, or one of them. Any other is not there (404)."""
        if scope == ALL:
            return self.person.brands
        if scope not in self.person.roles:
            raise HTTPException(404)
        return (scope,)

    def must(self, right: Right, brand_id: str) -> None:
        """403 where the person lacks the right; 404 where they were not granted the brand at all."""
        if brand_id not in self.person.roles:
            raise HTTPException(404)
        if not self.person.may(right, brand_id):
            raise HTTPException(403)

    def scope_asked(self, brand_id: str) -> str:
        """The scope that an act's address says its page has: all brands, or the brand it is about."""
        asked = self.request.query_params.get("scope", ALL)
        return asked if asked in (ALL, brand_id) else brand_id

    @property
    def is_fragment(self) -> bool:
        """Whether a part of a page is asked for, not the page."""
        return self.request.headers.get("hx-request") == "true"

    @property
    def me(self) -> Mapping[str, Any]:
        """What every template may know of the person."""
        person = self.person
        return {
            "id": person.member_id,
            "name": person.name,
            "initials": person.initials,
            "theme": person.theme,
            "csrf": self.csrf,
        }


async def arrive(request: Request, console: Console) -> Visit:
    """The visit of whoever is signed in, even if they must set up a second step first; or `SignInNeeded`."""
    now = console.floor.clock()
    session_id = request.cookies.get(console.settings.cookie, "")
    session = await console.sessions.find(session_id, now) if session_id else None
    if session is None:
        raise SignInNeeded
    words = speak(request, session.person.language)
    request.state.words, request.state.theme = words, session.person.theme
    return Visit(request, console, session.person, session.csrf, session.digest, words, now)


async def visit(here: Annotated[Visit, Depends(arrive)]) -> Visit:
    """The visit, or `SignInNeeded`, or `SecondStepNeeded`."""
    if not here.person.second_step and await here.console.directory.needs_second_step(here.person.agency_id):
        raise SecondStepNeeded
    return here


async def act(request: Request, here: Annotated[Visit, Depends(visit)]) -> Visit:
    """A visit that changes something: its form or header carries the session's token."""
    return await _by_own_form(request, here)


async def act_on_arrival(request: Request, here: Annotated[Visit, Depends(arrive)]) -> Visit:
    """As `act`, for those too who must set up a second step first."""
    return await _by_own_form(request, here)


async def _by_own_form(request: Request, here: Visit) -> Visit:
    given = request.headers.get("x-csrf-token", "") or str((await request.form()).get("csrf", ""))
    if not hmac.compare_digest(given.encode(), here.csrf.encode()):
        raise HTTPException(403, "This form is not from your session. Open the page again.")
    return here


def speak(request: Request, chosen: str, zone: str = "UTC") -> Words:
    """The language of a request's answer."""
    language = choose_language(chosen, request.headers.get("accept-language", ""))
    return Words(language, messages(language), zone_of(zone))


def zone_of(name: str) -> ZoneInfo:
    """A time zone by name; UTC where the name is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


async def ask_to_sign_in(request: Request, _: Exception) -> Response:
    """To the sign-in page, and back here afterwards; a page's part and an act come back to their page."""
    is_part = request.headers.get("hx-request") == "true"
    if request.method == "GET" and not is_part:
        back = quote(request.url.path + (f"?{request.url.query}" if request.url.query else ""), safe="")
        return RedirectResponse("/sign-in" if back == "%2F" else f"/sign-in?next={back}", status_code=303)
    page = quote(_page_of(request), safe="")
    place = f"/sign-in?ended=1&next={page}" if page else "/sign-in?ended=1"
    if is_part:
        return Response(status_code=401, headers={"HX-Redirect": place})
    return RedirectResponse(place, status_code=303)


def _page_of(request: Request) -> str:
    """The page in which somebody acted, as their browser says; the sign-in leads to no other site, whatever it says."""
    parts = urlsplit(request.headers.get("hx-current-url") or request.headers.get("referer", ""))
    return parts.path + (f"?{parts.query}" if parts.query else "")


async def ask_for_second_step(request: Request, _: Exception) -> Response:
    """To the page that sets it up, before anything else."""
    if request.headers.get("hx-request") == "true":
        return Response(status_code=401, headers={"HX-Redirect": SET_UP})
    return RedirectResponse(SET_UP, status_code=303)


Visiting = Annotated[Visit, Depends(visit)]
Acting = Annotated[Visit, Depends(act)]
Arriving = Annotated[Visit, Depends(arrive)]
ActingOnArrival = Annotated[Visit, Depends(act_on_arrival)]
