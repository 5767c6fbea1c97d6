"""What one-time links open: the form with which an invited person joins, and the one for a new password."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from services.console.domain.membership import SHORTEST_PASSWORD, weakness
from services.console.pages.sign_in import enter
from services.console.resources import Console, Resources
from services.console.store.invitations import Kind
from services.console.store.membership import Refused
from services.console.visits import speak
from services.console.words import Words

router = APIRouter(include_in_schema=False)
Key = Annotated[str, Form(max_length=200)]
Password = Annotated[str, Form(max_length=4000)]


@router.get("/join")
async def join_page(request: Request, console: Console, key: str = "") -> Response:
    """Looking uses nothing up: programs that look at links for people find a form."""
    return await _form(request, console, "join", key)


@router.post("/join")
async def join(
    request: Request, console: Console, key: Key = "", password: Password = "", name: Annotated[str, Form()] = ""
) -> Response:
    """A member from now on, and signed in."""
    link, words, now = (
        await console.invitations.find("join", key, console.floor.clock()),
        _words(request),
        _now(console),
    )
    if link is None:
        return _closed(console, words, "join")
    name = " ".join(name.split())[:120]
    why = "name" if not name else weakness(password, link["login"])
    if why:
        return await _form(request, console, "join", key, why, name)
    person = {"name": name, "language": words.language, "password_hash": await console.passwords.hash(password)}
    try:
        login = await console.invitations.join(key, person, now)
    except Refused as refused:
        return _closed(console, words, refused.why)
    return await enter(request, console, login, "/")


@router.get("/reset")
async def reset_page(request: Request, console: Console, key: str = "") -> Response:
    """The form for a new password."""
    return await _form(request, console, "reset", key)


@router.post("/reset")
async def choose_anew(request: Request, console: Console, key: Key = "", password: Password = "") -> Response:
    """Every session is over, and the new password opens the door: a second step, where there is one, is asked there."""
    link, words = await console.invitations.find("reset", key, _now(console)), _words(request)
    if link is None:
        return _closed(console, words, "reset")
    if why := weakness(password, link["login"]):
        return await _form(request, console, "reset", key, why)
    try:
        login = await console.invitations.choose_anew(key, await console.passwords.hash(password), _now(console))
    except Refused:
        return _closed(console, words, "reset")
    await console.throttle.forget(_now(console), account=login)
    return RedirectResponse(f"/sign-in?changed=1&language={words.language}", status_code=303)


async def _form(request: Request, console: Resources, kind: Kind, key: str, why: str = "", name: str = "") -> Response:
    link, words = await console.invitations.find(kind, key, _now(console)), _words(request)
    if link is None:
        return _closed(console, words, kind)
    agency = await console.directory.agency(link["agency_id"]) or {}
    trouble = words(f"join.weak_{why}") if why else ""
    values: dict[str, Any] = {"w": words, "key": key, "login": link["login"], "name": name, "trouble": trouble}
    values |= {"agency": agency.get("name", ""), "kind": kind, "shortest": SHORTEST_PASSWORD, "theme": ""}
    values["keeps"] = urlencode({"key": key}) + "&"
    return console.pages.html("enter/join.html", values, status=422 if why else 200)


def _closed(console: Resources, words: Words, why: str) -> Response:
    values = {"w": words, "why": "taken" if why == "taken" else "closed", "theme": "", "keeps": ""}
    return console.pages.html("enter/closed.html", values, status=409 if why == "taken" else 410)


def _words(request: Request) -> Words:
    return speak(request, request.query_params.get("language", ""))


def _now(console: Resources) -> datetime:
    return console.floor.clock()
