"""Whatever goes wrong, the answer is one kind of document, and it gives nothing away."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from shared import problems
from shared.errors import (
    Conflict,
    DeadlinePassed,
    Duplicate,
    Forbidden,
    NotFound,
    Unavailable,
    UnknownOwner,
)
from shared.middleware import BodyCap
from shared.problems import Problem, busy, responses

RAISED: dict[str, tuple[Exception, int]] = {
    "problem": (Problem(429, "slowly", headers={"Retry-After": "3"}), 429),
    "busy": (busy(4.2), 503),
    "plain": (HTTPException(418), 418),
    "conflict": (Conflict({"seq": 2}), 409),
    "not_found": (NotFound("no case c-1"), 404),
    "unknown": (UnknownOwner("brand", "br-9"), 404),
    "forbidden": (Forbidden("not yours"), 403),
    "duplicate": (Duplicate("E11000 planted"), 409),
    "unavailable": (Unavailable("kafka"), 503),
    "deadline": (DeadlinePassed("find"), 503),
    "bug": (RuntimeError("planted in a traceback"), 500),
}


class Wanted(BaseModel):
    """A body with a secret field."""

    token: str
    count: int


def app() -> FastAPI:
    """A service that fails as it is told."""
    service = FastAPI()
    problems.install(service)
    service.add_middleware(BodyCap, limit=1000)

    @service.get("/raise/{name}", responses=responses(404, 409))
    async def fail(name: str) -> None:
        raise RAISED[name][0]

    @service.post("/wanted")
    async def wanted(body: Wanted) -> dict[str, Any]:
        return {"count": body.count}

    return service


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        yield client


@pytest.mark.parametrize("name", RAISED)
async def test_every_error_is_a_problem_document(name: str, client: httpx.AsyncClient) -> None:
    """The status fits, the type is RFC 9457's, and internals stay inside."""
    answer = await client.get(f"/raise/{name}")
    assert answer.status_code == RAISED[name][1]
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert (document["status"], document["type"]) == (answer.status_code, "about:blank")
    assert document["title"]
    assert "planted" not in answer.text
    if answer.status_code in {429, 503}:
        assert int(answer.headers["retry-after"]) >= 1


async def test_a_conflict_shows_the_present(client: httpx.AsyncClient) -> None:
    """409 carries the state as it is now."""
    assert (await client.get("/raise/conflict")).json()["current"] == {"seq": 2}


async def test_a_wrong_address_is_a_problem_too(client: httpx.AsyncClient) -> None:
    """Even what the framework answers itself."""
    for answer in (await client.get("/nowhere"), await client.put("/wanted")):
        assert answer.headers["content-type"] == "application/problem+json"


async def test_validation_says_where_and_never_what(client: httpx.AsyncClient) -> None:
    """The place and the reason of each mistake, without repeating what was sent."""
    answer = await client.post("/wanted", json={"token": ["planted"], "count": "planted"})
    assert answer.status_code == 422
    assert [error["at"] for error in answer.json()["errors"]] == ["body/token", "body/count"]
    assert "planted" not in answer.text


async def test_a_declared_length_over_the_cap(client: httpx.AsyncClient) -> None:
    """Refused before a byte of the body is read."""
    answer = await client.post("/wanted", content=b"x" * 1001)
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


async def test_chunks_over_the_cap(client: httpx.AsyncClient) -> None:
    """A body without a declared length is counted as it comes."""
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b" " * 400

    answer = await client.post("/wanted", content=endless(), headers={"content-type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
    assert sent <= 5


async def test_a_body_at_the_cap(client: httpx.AsyncClient) -> None:
    """What is allowed passes, in one piece or many."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"token": "t",'
        yield b'"count": 3}'

    headers = {"content-type": "application/json"}
    answer = await client.post("/wanted", content=pieces(), headers=headers)
    assert answer.json() == {"count": 3}


def test_problems_are_documented() -> None:
    """OpenAPI names the document for what every route can answer and for what each route adds."""
    described = app().openapi()
    answers = described["paths"]["/raise/{name}"]["get"]["responses"]
    assert {"404", "409", "422", "503"} <= set(answers)
    for status in ("404", "422"):
        content = answers[status]["content"]
        assert list(content) == ["application/problem+json"]
        assert content["application/problem+json"]["schema"]["$ref"].endswith("/ProblemDocument")
    assert "ProblemDocument" in described["components"]["schemas"]
    assert "HTTPValidationError" not in described["components"]["schemas"]
