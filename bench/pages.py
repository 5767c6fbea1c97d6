"""How long the console's pages take with a hundred thousand interactions behind them, a tenth of which wait."""

import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from bench.backlog import poured_and_done
from bench.figure import Figure
from bench.rooms import brands_of, only, said
from parvis.engines.local import Addresses
from parvis.platform import Platform, running
from shared.events.event import Event

STORED = 100_000
WAITING = 0.1  # of them, for an answer
BRANDS = 12
ASKED = 100
PAGES = (
    ("inbox of all brands", "/all/inbox", 100.0),
    ("inbox of one brand", "/{brand}/inbox", 100.0),
    ("search in all brands", "/all/inbox?queue=all&q=camille123", 300.0),
    ("search of two words", "/{brand}/inbox?queue=all&q=camille123+bonj", 300.0),
    ("moderation", "/all/moderation", 100.0),
    ("insights", "/{brand}/insights", 300.0),
)


async def pages(engines: Addresses, home: Path, shift: int) -> list[Figure]:
    """95th percentiles in ms, one page after the other as one person opens them."""
    async with running(engines, home, shift=shift, without=only("console")) as platform:
        agency = await brands_of(platform, BRANDS)
        facts: list[Event] = [text for text, _ in said(BRANDS, STORED, agency, WAITING)]
        await poured_and_done(engines.kafka, facts, "console")
        console = platform.urls["console"]
        async with httpx.AsyncClient(
            base_url=console, headers={"Origin": console}, trust_env=False, timeout=60
        ) as browser:
            await _sign_in(platform, agency, browser)
            return [await _figure(browser, name, path.format(brand=f"{agency}-0"), at) for name, path, at in PAGES]


async def _sign_in(platform: Platform, agency: str, browser: httpx.AsyncClient) -> None:
    login, password = f"manager-{uuid4().hex[:6]}", uuid4().hex
    member: dict[str, Any] = {"name": "Manager", "agency_id": agency, "password": password, "language": "fr"}
    await platform.api.member(login, **member, roles={"*": "manager"})
    answer = await browser.post("/sign-in", data={"login": login, "password": password})
    if answer.is_error:
        raise RuntimeError(f"signing in was answered {answer.status_code}")


async def _figure(browser: httpx.AsyncClient, name: str, path: str, limit: float) -> Figure:
    taken = []
    for _ in range(ASKED):
        began = time.perf_counter()
        answer = await browser.get(path)
        taken.append(time.perf_counter() - began)
        if answer.status_code != httpx.codes.OK:
            raise RuntimeError(f"{path} answered {answer.status_code}")
    return Figure(f"page_p95 {name}", sorted(taken)[int(ASKED * 0.95)] * 1000, "ms", "limit", limit)
