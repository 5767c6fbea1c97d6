"""Pages to look at the simulated walls and to provoke trouble by hand: plain forms, no script."""

import base64
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates
from starlette.datastructures import URL
from starlette.responses import Response

from parvis.simulator.control import AccountNow, SaidNow, WorldNow, mentioning
from parvis.simulator.faults import KINDS, Fault
from parvis.simulator.records import Person, Said
from parvis.simulator.world import World, living

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SHOWN_POSTS = 30
SHOWN_ANSWERS = 60
SHOWN_LINES = 40

templates = Jinja2Templates(Path(__file__).parent / "templates")


def from_this_page(request: Request) -> None:
    """Another site's form may not speak here."""
    origin = request.headers.get("origin", "")
    if origin and URL(origin).netloc != request.url.netloc:
        raise HTTPException(403, "this form belongs to another site")


router = APIRouter(include_in_schema=False)
acts = APIRouter(prefix="/act", include_in_schema=False, dependencies=[Depends(from_this_page)])
Text = Annotated[str, Form()]


@router.get("/")
async def overview(request: Request, world: WorldNow) -> HTMLResponse:
    resources = request.app.state.resources
    counts: dict[str, int] = {}
    for said in world.things.values():
        counts[said.account_id] = counts.get(said.account_id, 0) + (not said.deleted)
    accounts = sorted(world.accounts.values(), key=lambda one: (one.name, one.network))
    last = max(0, world.journal.last_seq() - SHOWN_LINES)
    shown = {
        "accounts": accounts,
        "names": {one.id: f"{one.name}, {one.network}" for one in accounts},
        "counts": counts,
        "faults": world.faults.all(),
        "kinds": KINDS,
        "crowd": resources.crowd,
        "unanswered": resources.webhooks.unanswered,
        "ledger": world.journal.ledger(last)[::-1],
    }
    return _page(request, "overview.html", shown)


@router.get("/wall/{account_id}")
async def wall(request: Request, account: AccountNow, world: WorldNow) -> HTMLResponse:
    posts = [(post, _answers(world, post)) for post in world.wall(account.id)[:SHOWN_POSTS]]
    return _page(request, "wall.html", {"account": account, "posts": posts})


@router.get("/@{handle}")
@router.get("/@{handle}/{said_id}")
async def profile(handle: str, world: WorldNow, said_id: str = "") -> RedirectResponse:
    """Where a status's own address leads."""
    said = world.thing(said_id)
    account = world.accounts.get(said.account_id) if said else None
    account = account or next((one for one in world.accounts.values() if one.handle == handle), None)
    if account is None:
        raise HTTPException(404, "nobody of this name")
    return RedirectResponse(f"/wall/{account.id}" + (f"#{said_id}" if said_id else ""))


@router.get("/media/{number}")
async def medium(number: str, world: WorldNow) -> Response:
    """A picture that was uploaded with a status."""
    row = world.media.get(number)
    if row is None:
        raise HTTPException(404, "no such file")
    return Response(base64.b64decode(row["content"]), media_type=row["kind"])


@acts.post("/say/{account_id}")
async def say(account: AccountNow, world: WorldNow, text: Text, author: Text = "", parent: Text = "") -> Response:
    """As the person named, or as the brand itself where nobody is."""
    who = Person.named(author) if author.strip() else None
    said_to = world.thing(parent) if parent else None
    words = mentioning(account, text, who)
    said = world.answer(said_to, words, who) if said_to else world.post(account, words, who)
    return _back(f"/wall/{account.id}#{said.id}")


@acts.post("/edit/{said_id}")
async def edit(said: SaidNow, world: WorldNow, text: Text) -> Response:
    world.edit(said, text)
    return _back(f"/wall/{said.account_id}#{said.id}")


@acts.post("/delete/{said_id}")
async def delete(said: SaidNow, world: WorldNow) -> Response:
    world.delete(said)
    return _back(f"/wall/{said.account_id}")


@acts.post("/hide/{said_id}")
async def hide(said: SaidNow, world: WorldNow) -> Response:
    """Hidden things are shown, shown ones hidden."""
    world.set_hidden(said, not said.hidden)
    return _back(f"/wall/{said.account_id}#{said.id}")


@acts.post("/token/{account_id}")
async def token(account: AccountNow, world: WorldNow) -> Response:
    """The token dies, or lives again."""
    account.lost = not account.lost
    world.add_account(account)
    return _back("/")


@acts.post("/fault")
async def add_fault(
    world: WorldNow,
    kind: Text,
    account: Text = "*",
    probability: Annotated[float, Form(ge=0, le=1)] = 1.0,
    times: Text = "",
    seconds: Annotated[float, Form(ge=0)] = 30.0,
) -> Response:
    if kind not in KINDS:
        raise HTTPException(422, "no such fault")
    remaining = int(times) if times.isdigit() else None
    fault = Fault(str(uuid4()), kind, account, probability=probability, remaining=remaining, seconds=seconds)
    world.faults.add(fault)
    return _back("/#faults")


@acts.post("/fault/{fault_id}/remove")
async def remove_fault(fault_id: str, world: WorldNow) -> Response:
    world.faults.remove(fault_id)
    return _back("/#faults")


@acts.post("/crowd")
async def crowd(request: Request, rate: Annotated[float, Form(ge=0, le=1000)]) -> Response:
    request.app.state.resources.crowd.start(rate)
    return _back("/")


router.include_router(acts)


def _answers(world: World, post: Said) -> list[tuple[Said, int]]:
    """The latest answers with their depth, each below what it answers."""
    answers = living(world.below(post))[-SHOWN_ANSWERS:]
    below: dict[str, list[Said]] = {}
    shown = {one.id for one in answers}
    for one in answers:
        below.setdefault(one.parent_id if one.parent_id in shown else post.id, []).append(one)
    ordered: list[tuple[Said, int]] = []
    waiting = [(one, 0) for one in reversed(below.get(post.id, []))]
    while waiting:
        one, depth = waiting.pop()
        ordered.append((one, min(depth, 4)))
        waiting += [(child, depth + 1) for child in reversed(below.get(one.id, []))]
    return ordered


def _page(request: Request, name: str, values: dict[str, Any]) -> HTMLResponse:
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
    return templates.TemplateResponse(request, name, values, headers=headers)


def _back(where: str) -> Response:
    return RedirectResponse(where, 303)
