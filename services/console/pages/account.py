"""One's own account: password, second step, language, and the browsers that are signed in."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from services.console.domain.browsers import browser_of
from services.console.domain.membership import SHORTEST_PASSWORD, weakness
from services.console.resources import Resources
from services.console.shell import surroundings
from services.console.store.members import person_of
from services.console.visits import Acting, Visit, Visiting
from services.console.words import Words

router = APIRouter(include_in_schema=False)
DONE = frozenset({"password", "off", "ended", "others"})
Password = Annotated[str, Form(max_length=4000)]


@router.get("/{scope}/account")
async def own_account(scope: str, here: Visiting) -> Response:
    """The same wherever one comes from; `scope` keeps the place."""
    return await account_page(here, scope)


@router.post("/account/password")
async def change_password(here: Acting, password: Password = "", new: Password = "") -> Response:
    """Another password; every other browser is signed out."""
    trouble = await entered_again(here, password)
    if not trouble and (why := weakness(new, here.person.login)):
        trouble = here.words(f"join.weak_{why}")
    if trouble:
        return await account_page(here, "all", trouble=trouble)
    kept = await here.console.passwords.hash(new)
    await here.console.accounts.change_password(here.person, kept, here.session, here.now)
    return RedirectResponse("/all/account?done=password", status_code=303)


@router.post("/account/sessions/end")
async def end_session(here: Acting, session: Annotated[str, Form(max_length=64)] = "") -> Response:
    """One browser is signed out; without one named, all others are."""
    await here.console.accounts.sign_out(here.person, session, here.session, here.now)
    return RedirectResponse(f"/all/account?done={'ended' if session else 'others'}", status_code=303)


async def entered_again(here: Visit, password: str, code: str | None = None) -> str:
    """What is wrong with the password (and code) that an act on the account asks for; empty where nothing is."""
    console, login = here.console, here.person.login
    counted = {"account": login} if code is None else {"account": login, "code": login}
    if not await console.throttle.allows(here.now, **counted):
        return here.words("trouble.why_429")
    member = await console.members.by_login(login)
    if member is None or not await console.passwords.fits(member["password_hash"], password):
        return here.words("account.wrong_password")
    if code is not None and not await fits(console, login, code):
        return here.words("signin.code_wrong")
    await console.throttle.forget(here.now, **counted)
    return ""


async def fits(console: Resources, login: str, code: str, recovery: str = "") -> bool:
    """Whether a code of the app, or a recovery code, is right; what fitted is used up."""
    member = await console.members.by_login(login)
    if member is None or not member.get("second_step"):
        return False
    if recovery:
        return await console.accounts.spend(person_of(member), recovery, console.floor.clock())
    step = console.second_step.step_of(member["second_step"]["sealed"], code, console.floor.clock())
    return step is not None and await console.accounts.accept(login, step)


async def account_page(here: Visit, scope: str, trouble: str = "") -> Response:
    """The page, after an act too."""
    values, console, person = await surroundings(here, scope, "account"), here.console, here.person
    member = await console.members.by_login(person.login) or {}
    agency = await console.directory.agency(person.agency_id) or {}
    step, done, words = member.get("second_step"), here.request.query_params.get("done", ""), values["w"]
    sessions = await console.sessions.of(person.login, here.now)
    values |= {
        "agency": agency.get("name", ""),
        "needed": bool(agency.get("second_step")),
        "step": step and {"since": words.moment(step["since"], here.now), "left": len(step["recovery"])},
        "sessions": [_session(row, here, words) for row in sessions],
        "shortest": SHORTEST_PASSWORD,
        "told": words(f"account.done_{done}") if done in DONE and not trouble else "",
        "trouble": trouble,
    }
    return console.pages.html("account.html", values, status=422 if trouble else 200)


def _session(row: dict[str, Any], here: Visit, words: Words) -> dict[str, Any]:
    browser, system = browser_of(row.get("agent", ""))
    named = words("account.browser", browser=browser, system=system) if browser and system else browser or system
    return {
        "id": row["_id"],
        "is_this": row["_id"] == here.session,
        "browser": named or words("account.unknown_browser"),
        "address": row.get("address", ""),
        "began": words.moment(row["began_at"], here.now) if row.get("began_at") else "",
        "used": words.ago(row["used_at"], here.now),
    }
