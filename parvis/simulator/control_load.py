"""Control of what comes in by itself: the crowd, prepared loads, the pace of webhooks, and the demo's brands."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from pydantic import Field

from parvis.simulator.brands import open_demo
from parvis.simulator.control import Body
from parvis.simulator.load import Load
from parvis.simulator.records import APP_KINDS, Account, App

router = APIRouter()


class CrowdAsked(Body):
    """People talking by themselves. `rate` a second over all accounts; 0 is silence."""

    rate: float = Field(ge=0, le=1000)
    seed: int | None = None
    mix: dict[str, float] = Field(default_factory=dict, description="weights by mood; left out: the default mix")
    accounts: list[str] = Field(default_factory=list, description="left out: all")
    edits: float = Field(0.02, ge=0, le=1, description="share of what is said that is edited later")
    deletes: float = Field(0.01, ge=0, le=1)


class LoadAsked(Body):
    """`count` comments over the pages, `per_call` changes a webhook, at `rate` changes a second (0: flat out)."""

    pages: list[str] = Field(min_length=1)
    count: int = Field(ge=1, le=1_000_000)
    per_call: int = Field(10, ge=1, le=1000)
    rate: float = Field(0, ge=0)
    seed: int = 1


class PaceAsked(Body):
    batch: float | None = Field(None, ge=0)
    most_changes: int | None = Field(None, ge=1, le=1000)
    first_wait: float | None = Field(None, gt=0)
    longest_wait: float | None = Field(None, gt=0)
    give_up: float | None = Field(None, gt=0)
    repeat_after: float | None = Field(None, ge=0)


class LimitsAsked(Body):
    """Mastodon's: `calls` in five minutes for each token (0: none), `max_characters` of the instance."""

    calls: int | None = Field(None, ge=0)
    max_characters: int | None = Field(None, ge=1)


class DemoAsked(Body):
    """The twelve brands. `callback_urls` are told, each of its network's accounts, through an app `app_id-NETWORK`."""

    secret: str
    verify_token: str
    callback_urls: dict[str, str] = Field(default_factory=dict)
    app_id: str = "parvis-demo"


@router.put("/crowd")
async def start_crowd(asked: CrowdAsked, request: Request) -> dict[str, Any]:
    """Let people talk, or be silent; the same seed says the same things in the same order."""
    crowd = request.app.state.resources.crowd
    try:
        crowd.start(**asked.model_dump())
    except ValueError as error:
        raise HTTPException(422, str(error)) from error
    return await read_crowd(request)


@router.get("/crowd")
async def read_crowd(request: Request) -> dict[str, Any]:
    crowd = request.app.state.resources.crowd
    return {"rate": crowd.rate, "said": crowd.said, "moods": crowd.moods}


@router.post("/loads", status_code=201)
async def start_load(asked: LoadAsked, request: Request) -> Load:
    """Prepare and send; ask `/loads/{id}` how far it is."""
    accounts = request.app.state.resources.world.accounts
    pages = [accounts.get(page_id) for page_id in asked.pages]
    if not all(page is not None and page.network == "facebook" and page.app_id for page in pages):
        raise HTTPException(422, "each must be a Facebook page with an app")
    load: Load = request.app.state.resources.loads.start(pages, asked.count, asked.per_call, asked.rate, asked.seed)
    return load


@router.get("/loads/{load_id}")
async def read_load(load_id: str, request: Request) -> Load:
    load: Load | None = request.app.state.resources.loads.get(load_id)
    if load is None:
        raise HTTPException(404, "no such load")
    return load


@router.patch("/pace")
async def set_pace(asked: PaceAsked, request: Request) -> dict[str, Any]:
    """How webhooks gather and are tried again; seconds."""
    pace = request.app.state.resources.webhooks.pace
    for name, value in asked.model_dump(exclude_none=True).items():
        setattr(pace, name, value)
    return asdict(pace)


@router.patch("/limits")
async def set_limits(asked: LimitsAsked, request: Request) -> dict[str, int]:
    limits = request.app.state.resources.limits
    for name, value in asked.model_dump(exclude_none=True).items():
        setattr(limits, name, value)
    return {"calls": limits.calls, "max_characters": limits.max_characters}


@router.post("/demo")
async def make_demo(asked: DemoAsked, request: Request) -> list[Account]:
    """Open the demo brands' accounts; again changes nothing but the apps."""
    apps = {
        network: App(f"{asked.app_id}-{network}", asked.secret, asked.verify_token, url, APP_KINDS.get(network, "meta"))
        for network, url in asked.callback_urls.items()
    }
    return open_demo(request.app.state.resources.world, apps)
