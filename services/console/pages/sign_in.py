"""Signing in and out, and a member's own choices."""

from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from services.console.domain.membership import LONGEST_PASSWORD
from services.console.resources import Console, Resources
from services.console.store.throttle import minutes_left
from services.console.visits import ActingOnArrival, speak
from services.console.words import LANGUAGES, Words
from shared.mongo.operations import Document

REMEMBERED = 180 * 24 * 3600  # seconds
THEMES = ("", "light", "dark")
router = APIRouter(include_in_schema=False)


@router.get("/sign-in")
async def sign_in_page(request: Request, console: Console) -> Response:
    """The way in; `next` is where the person wanted to go."""
    query = request.query_params
    told = next((name for name in ("ended", "changed", "late") if name in query), "")
    return _form(request, console, next=query.get("next", ""), told=told)


@router.post("/sign-in")
async def sign_in(
    request: Request,
    console: Console,
    login: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=LONGEST_PASSWORD)],
    next: Annotated[str, Form(max_length=2000)] = "",  # noqa: A002 - the form's own word
    language: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """A new session for the right password; the same words for a wrong one and an unknown login."""
    now = console.floor.clock()
    words = speak(request, language)
    address = request.client.host if request.client else ""
    member = await console.members.by_login(login)
    counted = _counted(request, console, login, member)
    if not await console.throttle.allows(now, address=address, **counted):
        trouble = words("signin.throttled", minutes=minutes_left(now))
        return _form(request, console, next=next, login=login, trouble=trouble, words=words, status=429)
    if not await console.passwords.fits((member or {}).get("password_hash"), password) or member is None:
        trouble = words("signin.wrong")
        return _form(request, console, next=next, login=login, trouble=trouble, words=words, status=422)
    await console.throttle.forget(now, **counted)
    await console.throttle.take_back(now, address=address)
    if member.get("second_step"):
        return code_form(console, words, await console.sessions.begin_halfway(member["_id"], now), own_path(next))
    return await enter(request, console, member["_id"], next)


async def enter(request: Request, console: Resources, login: str, place: str) -> Response:
    """Whoever is in front of this browser is signed in from now on; what they had open before ends."""
    await console.sessions.end(request.cookies.get(console.settings.cookie, ""))
    session_id = await console.sessions.begin(
        login,
        console.floor.clock(),
        address=request.client.host if request.client else "",
        agent=request.headers.get("user-agent", ""),
    )
    answer = RedirectResponse(own_path(place), status_code=303)
    _set_cookie(answer, console, session_id)
    member = await console.members.by_login(login)
    _remember(answer, console, console.browsers.note(login, (member or {}).get("password_hash", "")))
    return answer


@router.post("/sign-out")
async def sign_out(here: ActingOnArrival) -> Response:
    """Ends this browser's session."""
    console = here.console
    await console.sessions.end(here.request.cookies.get(console.settings.cookie, ""))
    answer = RedirectResponse("/sign-in", status_code=303)
    answer.delete_cookie(console.settings.cookie, path="/", secure=console.settings.https, httponly=True)
    return answer


@router.post("/preferences")
async def choose(
    here: ActingOnArrival,
    language: Annotated[str, Form()],
    theme: Annotated[str, Form()] = "",
    back: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """A member's language and theme."""
    if language in LANGUAGES and theme in THEMES:
        await here.console.members.choose(here.person.login, {"language": language, "theme": theme})
    return RedirectResponse(own_path(back), status_code=303)


def code_form(console: Resources, words: Words, key: str, place: str, trouble: str = "", status: int = 200) -> Response:
    """The page that asks for the second step's code; `key` stands for the password that was right."""
    values = {"w": words, "theme": "", "keeps": "", "key": key, "next": place, "trouble": trouble}
    return console.pages.html("enter/code.html", values, status=status)


def _form(
    request: Request,
    console: Resources,
    *,
    next: str = "",  # noqa: A002 - the form's own word
    login: str = "",
    trouble: str = "",
    **more: Any,
) -> Response:
    words = more.get("words") or speak(request, request.query_params.get("language", ""))
    told = words(f"signin.{more['told']}") if more.get("told") else ""
    values = {"w": words, "next": own_path(next), "login": login, "trouble": trouble, "told": told}
    values |= {"theme": "", "keeps": ""}
    return console.pages.html("enter/sign-in.html", values, status=more.get("status", 200))


def own_path(wanted: str) -> str:
    """A path of this site, whatever the address bar was made to say."""
    try:
        parts = urlsplit(wanted.replace("\\", "/"))
    except ValueError:
        return "/"
    is_own = wanted.startswith("/") and not wanted.startswith("//") and not parts.netloc and not parts.scheme
    return wanted if is_own and "\\" not in wanted else "/"


def _set_cookie(answer: Response, console: Resources, session_id: str) -> None:
    answer.set_cookie(
        console.settings.cookie,
        session_id,
        max_age=console.settings.session_hours * 3600,
        path="/",
        secure=console.settings.https,
        httponly=True,
        samesite="lax",
    )


def _counted(request: Request, console: Resources, login: str, member: Document | None) -> dict[str, str]:
    """What the try counts for: in a browser that its member has used before that browser, elsewhere the account."""
    note = request.cookies.get(f"{console.settings.cookie}_browser", "")
    known = console.browsers.name_of(note, member["_id"], member.get("password_hash", "")) if note and member else ""
    return {"browser": known} if known else {"account": login}


def _remember(answer: Response, console: Resources, note: str) -> None:
    """Shown at the door alone."""
    answer.set_cookie(
        f"{console.settings.cookie}_browser",
        note,
        max_age=REMEMBERED,
        path="/sign-in",
        secure=console.settings.https,
        httponly=True,
        samesite="lax",
    )
