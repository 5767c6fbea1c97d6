"""The second step: its code at the door, and the pages where a member turns it on, off, and keeps recovery codes."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from services.console.pages.account import account_page, entered_again, fits
from services.console.pages.sign_in import code_form, enter, own_path
from services.console.resources import Console
from services.console.store.membership import Refused
from services.console.store.throttle import minutes_left
from services.console.visits import Acting, ActingOnArrival, Arriving, Visit, speak
from shared.secrets import Unsealable

router = APIRouter(include_in_schema=False)
Word = Annotated[str, Form(max_length=200)]
Password = Annotated[str, Form(max_length=4000)]


@router.post("/sign-in/code")
async def give_code(
    request: Request,
    console: Console,
    key: Word = "",
    code: Word = "",
    recovery: Word = "",
    next: Annotated[str, Form(max_length=2000)] = "",  # noqa: A002 - the form's own word
    language: Word = "",
) -> Response:
    """A code of the app, once, or a recovery code, once, opens a session."""
    now, words = console.floor.clock(), speak(request, language)
    login = await console.sessions.halfway(key, now)
    if not login:
        return RedirectResponse("/sign-in?late=1", status_code=303)
    address = request.client.host if request.client else ""
    if not await console.throttle.allows(now, code=login, address=address):
        trouble = words("signin.throttled", minutes=minutes_left(now))
        return code_form(console, words, key, own_path(next), trouble, 429)
    if not await fits(console, login, code, recovery):
        return code_form(console, words, key, own_path(next), words("signin.code_wrong"), 422)
    await console.throttle.forget(now, code=login)
    await console.throttle.take_back(now, address=address)
    await console.sessions.end(key)
    return await enter(request, console, login, next)


@router.get("/account/second-step")
async def set_up_page(here: Arriving) -> Response:
    """A new secret as a picture and in letters; nothing is kept until a code of it comes back."""
    if here.person.second_step:
        return RedirectResponse("/all/account", status_code=303)
    return await _set_up(here, here.console.second_step.new())


@router.post("/account/second-step")
async def turn_on(
    here: ActingOnArrival, sealed: Annotated[str, Form(max_length=500)] = "", code: Word = ""
) -> Response:
    """On, once the app shows the right code; the recovery codes stand on the page that answers, and never again."""
    step = here.console.second_step.step_of(sealed, code, here.now)
    if step is None:
        return await _set_up(here, sealed, here.words("signin.code_wrong"))
    codes = here.console.second_step.recovery_codes()
    try:
        await here.console.accounts.turn_on(here.person, sealed, step, codes, here.now)
    except Refused:
        return RedirectResponse("/all/account", status_code=303)
    return _codes(here, codes)


@router.post("/account/recovery-codes")
async def renew_codes(here: Acting, password: Password = "", code: Word = "") -> Response:
    """Ten new recovery codes in the place of those before."""
    trouble = await entered_again(here, password, code)
    if trouble:
        return await account_page(here, "all", trouble=trouble)
    codes = here.console.second_step.recovery_codes()
    await here.console.accounts.renew_codes(here.person, codes, here.now)
    return _codes(here, codes)


@router.post("/account/second-step/off")
async def turn_off(here: Acting, password: Password = "", code: Word = "") -> Response:
    """Off, with the password and a code; where the agency asks for it, it is set up anew at once."""
    trouble = await entered_again(here, password, code)
    if trouble:
        return await account_page(here, "all", trouble=trouble)
    await here.console.accounts.turn_off(here.person, here.now)
    return RedirectResponse("/all/account?done=off", status_code=303)


async def _set_up(here: Visit, sealed: str, trouble: str = "") -> Response:
    step, agency = here.console.second_step, here.person.agency_id
    try:
        secret = step.opened(sealed)
    except Unsealable:
        sealed = step.new()
        secret = step.opened(sealed)
    values = {
        "w": here.words,
        "me": here.me,
        "theme": here.person.theme,
        "keeps": "",
        "sealed": sealed,
        "secret": " ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
        "picture": step.picture(secret, here.person.login),
        "needed": await here.console.directory.needs_second_step(agency),
        "trouble": trouble,
    }
    return here.console.pages.html("enter/second-step.html", values, status=422 if trouble else 200)


def _codes(here: Visit, codes: list[str]) -> Response:
    values = {"w": here.words, "me": here.me, "theme": here.person.theme, "keeps": "", "codes": codes}
    return here.console.pages.html("enter/recovery.html", values)
