"""A real Roundup tracker: an escalated thread becomes one issue there, however often its webhook comes."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest

from parvis.bridge.receiver import receiver
from parvis.bridge.roundup import Roundup, client
from shared.events.moderation.case_escalated import CaseEscalated
from shared.webhooks import headers_of, secret_of
from tests import seats

SECRET = secret_of(b"s" * 32)
PASSWORD = "admin-pass"
SERVER = Path(__file__).parent / "roundup" / "server.py"


@pytest.fixture(scope="module")
def tracker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The classic tracker on SQLite, served until the stories end; its address."""
    home = tmp_path_factory.mktemp("roundup") / "tracker"
    port = seats.port()
    url = f"http://127.0.0.1:{port}/"
    facts = f"admin_email=a@example.test,tracker_web={url},mail_host=localhost,mail_domain=example.test"
    for words in (["install", "classic", "sqlite", f"{facts},mail_debug={home}/mail.log"], ["initialise", PASSWORD]):
        subprocess.run(
            [sys.executable, "-m", "roundup.scripts.roundup_admin", "-i", str(home), *words],
            check=True,
            capture_output=True,
            timeout=120,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen([sys.executable, str(SERVER), str(home), str(port)], stdout=log, stderr=log)
    try:
        _until_it_answers(url)
        yield url
    finally:
        server.kill()
        server.wait()


def _until_it_answers(url: str) -> None:
    for _ in range(200):
        try:
            if httpx.get(f"{url}rest/", auth=("admin", PASSWORD), trust_env=False).is_success:
                return
        except httpx.HTTPError:
            pass

        time.sleep(0.1)
    raise AssertionError("the tracker does not answer")


@pytest.fixture
async def http(tracker: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the tracker."""
    async with client(tracker, "admin", PASSWORD) as http:
        yield http


@pytest.fixture
async def bridge(http: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """Whoever delivers to the bridge."""
    app = receiver([SECRET], "CaseEscalated", Roundup(http).escalated)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bridge.test") as caller:
        yield caller


def escalation(thread: str, case: str = "case-1") -> dict[str, Any]:
    """A fact as crm tells it."""
    fact = CaseEscalated.example()
    place = fact.place.model_copy(update={"thread_id": thread})
    data = fact.model_copy(update={"place": place, "case_id": case}).model_dump(mode="json", exclude_none=True)
    return {"type": CaseEscalated.type_name(), "timestamp": "2026-11-25T09:05:00Z", "data": data}


async def delivers(bridge: httpx.AsyncClient, message: dict[str, Any], secret: str = SECRET) -> int:
    """One delivery, signed; the status."""
    body = orjson.dumps(message)
    headers = headers_of([secret], "evt-1", datetime.now(UTC), body)
    return (await bridge.post("/", content=body, headers=headers)).status_code


async def issues(http: httpx.AsyncClient, thread: str) -> list[dict[str, Any]]:
    """What the tracker has about a thread."""
    answer = await http.get("/rest/data/issue", params={"keyword": f"parvis-{thread}", "@fields": "title,messages"})
    return list(answer.json().get("data", {"collection": []})["collection"])  # an unknown keyword is an error


async def test_an_escalated_thread_is_one_issue_however_often_it_comes(
    bridge: httpx.AsyncClient, http: httpx.AsyncClient
) -> None:
    """Again, and from another case of the thread."""
    thread = str(uuid4())
    assert await delivers(bridge, escalation(thread)) == 204
    assert await delivers(bridge, escalation(thread)) == 204
    assert await delivers(bridge, escalation(thread, "case-2")) == 204
    (issue,) = await issues(http, thread)
    assert issue["title"] == "duty lead: threat to staff"
    assert len(issue["messages"]) == 1


async def test_five_at_once_are_one_issue(http: httpx.AsyncClient) -> None:
    """Whoever is too late, or met a busy tracker, is told to come again, and finds it or takes over."""
    thread, patient = str(uuid4()), Roundup(http, patience=timedelta(seconds=30))
    app = receiver([SECRET], "CaseEscalated", patient.escalated)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://b.test") as bridge:
        async with asyncio.timeout(120):
            statuses = [503]
            while set(statuses) != {204}:
                statuses = await asyncio.gather(*(delivers(bridge, escalation(thread)) for _ in range(5)))
                await asyncio.sleep(0.5)
    assert len(await issues(http, thread)) == 1


async def test_whoever_died_in_between_is_followed_by_another(
    bridge: httpx.AsyncClient, http: httpx.AsyncClient
) -> None:
    """The key is there and no issue: told to come again; after the patience with its maker the issue is made once."""
    thread = str(uuid4())
    await http.post("/rest/data/keyword", json={"name": f"parvis-{thread}"})
    assert await delivers(bridge, escalation(thread)) == 503
    assert await issues(http, thread) == []
    await asyncio.sleep(4.1)
    hasty = Roundup(http, patience=timedelta(seconds=3))
    data = escalation(thread)["data"]
    await hasty.escalated(data)
    assert await delivers(bridge, escalation(thread)) == 204
    assert len(await issues(http, thread)) == 1


async def test_what_parvis_did_not_sign_is_not_written(bridge: httpx.AsyncClient, http: httpx.AsyncClient) -> None:
    """Another secret, no signature."""
    thread = str(uuid4())
    assert await delivers(bridge, escalation(thread), secret_of(b"x" * 32)) == 401
    assert (await bridge.post("/", content=orjson.dumps(escalation(thread)))).status_code == 401
    assert await issues(http, thread) == []


async def test_other_facts_are_taken_and_left(bridge: httpx.AsyncClient) -> None:
    """An endpoint may choose more than this bridge writes."""
    message = {"type": "io.parvis.publisher.PostPublished.v1", "timestamp": "", "data": {}}
    assert await delivers(bridge, message) == 204


async def test_a_tracker_that_is_away_is_told_later(http: httpx.AsyncClient) -> None:
    """503, so that the message comes again."""
    async with client("http://127.0.0.1:9", "admin", "x") as away:
        app = receiver([SECRET], "CaseEscalated", Roundup(away).escalated)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://b.test") as bridge:
            assert await delivers(bridge, escalation(str(uuid4()))) == 503
