"""A service as a process: what it says of itself, what a command does, and what one change of trace follows."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from shared.mongo.client import Mongo
from shared.mongo.database import Database
from tests.shared.tiny_process import PATIENCE, TinyProcess, tiny_process

BRAND = str(uuid4())


@pytest.fixture(scope="module")
async def tiny(kafka: str, mongo_uri: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TinyProcess]:
    """One process for the tests that only talk with it; it keeps what it consumes of one brand."""
    folder: Path = tmp_path_factory.mktemp("tiny")
    async with tiny_process(kafka, mongo_uri, folder, TINY_BRAND=BRAND) as started:
        await started.ready()
        yield started
        started.terminate()
        assert await started.ended() == 0


@pytest.fixture
async def database(tiny: TinyProcess) -> AsyncIterator[Database]:
    """What it wrote."""
    async with Mongo.open(tiny.settings.mongo) as mongo:
        yield mongo.database(f"{tiny.settings.database_prefix}tiny")


async def test_what_it_says_of_itself(tiny: TinyProcess) -> None:
    """Alive, ready with every condition named, and a page of facts for operators."""
    assert (await tiny.http.get("/livez")).json() == {"alive": True, "why": []}
    checks = (await tiny.http.get("/readyz")).json()["checks"]
    assert set(checks.values()) == {"ok"}
    assert {"serving", "directory", "mongo"} < set(checks)
    told = (await tiny.http.get("/ops")).json()
    assert (told["service"], told["instance"], told["alive"], told["epoch"]) == ("tiny", "0", True, 0)
    assert told["loops"][0]["name"] == "tick"
    assert told["consumers"][0]["ready"] is True
    assert told["outbox"]["pending"] == 0
    assert told["parked"] == []
    metrics = (await tiny.http.get("/metrics")).text
    assert 'http_requests_total{method="GET",route="/ops",status="200"}' in metrics
    assert "bus_lag" in metrics or "bus_consumed_total" in metrics


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics", "/ops"])
async def test_what_it_says_of_itself_is_for_the_inside(tiny: TinyProcess, path: str) -> None:
    """Whoever comes by a proxy comes from the internet, and finds none of it."""
    assert (await tiny.http.get(path, headers={"X-Forwarded-For": "203.0.113.9"})).status_code == 404
    assert (await tiny.http.get(path)).status_code == 200


async def test_errors_are_problems_over_a_real_connection(tiny: TinyProcess) -> None:
    """An unknown address, a wrong body and endless chunks are answered alike."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 65_536

    unknown = await tiny.http.get("/nowhere")
    invalid = await tiny.http.get("/slow", params={"seconds": "planted"})
    headers = {**tiny.token(BRAND, "big"), "content-type": "application/json"}
    large = await tiny.http.post(f"/brands/{BRAND}/told", content=endless(), headers=headers)
    assert [answer.status_code for answer in (unknown, invalid, large)] == [404, 422, 413]
    for answer in (unknown, invalid, large):
        assert answer.headers["content-type"] == "application/problem+json"
        assert "planted" not in answer.text


async def test_a_command_sent_many_times(tiny: TinyProcess, database: Database) -> None:
    """Repeated one after the other and all at once, it has one effect, one event and one answer."""
    brand_id, path = str(uuid4()), "/brands/{}/told"
    body = {"text": "once"}
    headers = tiny.token(brand_id, "same")
    calls = [tiny.http.post(path.format(brand_id), json=body, headers=headers) for _ in range(6)]
    answers = [*await asyncio.gather(*calls), await tiny.http.post(path.format(brand_id), json=body, headers=headers)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    seen = database.brand("seen")
    assert await seen.count({"brand_id": brand_id}) == 1
    other = await tiny.http.post(path.format(brand_id), json={"text": "twice"}, headers=headers)
    assert other.status_code == 422
    second = await tiny.http.post(path.format(brand_id), json=body, headers=tiny.token(brand_id, "new"))
    assert second.json() != answers[0].json()
    assert await seen.count({"brand_id": brand_id}) == 2


async def test_a_trace_goes_from_the_request_to_the_consumer(tiny: TinyProcess, database: Database) -> None:
    """The caller's trace travels with the event (though nothing is exported), and begins here where there is none."""
    trace = uuid4().hex
    traced = {**tiny.token(BRAND, "traced"), "traceparent": f"00-{trace}-00f067aa0ba902b7-00"}
    assert (await tiny.http.post(f"/brands/{BRAND}/told", json={"text": "a"}, headers=traced)).status_code == 201
    plain = tiny.token(BRAND, "untraced")
    assert (await tiny.http.post(f"/brands/{BRAND}/told", json={"text": "b"}, headers=plain)).status_code == 201
    seen = database.brand("seen")
    async with asyncio.timeout(PATIENCE):
        while await seen.count({"brand_id": BRAND, "trace": {"$exists": True}}) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    traces = {row["trace"].split("-")[1] for row in await seen.find({"brand_id": BRAND, "trace": {"$ne": None}})}
    assert trace in traces
    assert len(traces) == 2
