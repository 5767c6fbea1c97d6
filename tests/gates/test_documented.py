"""Whatever is sent to a service, it answers as its OpenAPI document says: nothing breaks it."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from parvis.services import USUAL_PORTS
from tests.architecture.test_routes import examples
from tests.gates.probing import surprises
from tests.gates.street import Estate, Street

# Schemathesis draws some of its numbers by itself.
pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisDeprecationWarning")
LONE = "\ud800"  # half a character: JSON can say it, UTF-8 cannot
ODD: dict[str, Any] = {
    "nul": "\x00",
    "half a character": LONE,
    "huge": 10**30,
    "beyond 64 bits": 2**64,
    "not a number": float("nan"),
    "an operator": {"$ne": ""},
    "a strange key": {"a.b": {"\x00": 1, "": [None]}},
    "long": "x" * 200_000,
    "deep": json.loads('{"a":' * 200 + "[]" + "}" * 200),  # MongoDB takes half of it
}
BOMBS = {
    "depth": b"[" * 100_000,
    "objects": b'{"a":' * 100_000,
    "digits": b"9" * 5_000,
    "half": b'{"text": "\xff\xfe"}',
}


@pytest.mark.parametrize("service", USUAL_PORTS)
async def test_no_answer_is_a_surprise(street: Street, spare: Estate, service: str) -> None:
    """Never a 5xx; documented statuses, types, headers and shapes alone: with authority and without."""
    assert await surprises(street, service, spare.things) == []
    assert await surprises(street, service, spare.things, signed=False) == []


@pytest.mark.parametrize("service", USUAL_PORTS)
async def test_odd_values_are_refused_or_kept(street: Street, spare: Estate, service: str) -> None:
    """In the place of each value of each example in turn: what MongoDB or Kafka would not take is refused before."""
    document, broken = street.apps[service].openapi(), list[object]()
    for method, path, operation in bodies(document):
        (shown, *_) = examples(document, operation["requestBody"]["content"]["application/json"])
        for name, odd in ODD.items():
            for spoilt in replaced(shown, odd):
                answer = await send(street, spare, service, method, path, json.dumps(spoilt).encode())
                if answer.status_code >= 500 or str(answer.status_code) not in operation["responses"]:
                    broken.append((method, path, name, answer.status_code, repr(spoilt)[:200]))
    assert not broken, "\n".join(map(str, broken))


@pytest.mark.parametrize("service", USUAL_PORTS)
async def test_a_body_that_would_burst_is_refused(street: Street, spare: Estate, service: str) -> None:
    """Brackets without end, numbers without end, bytes that are no text: 4xx, and nothing is kept of them."""
    for method, path, operation in bodies(street.apps[service].openapi()):
        for name, bomb in BOMBS.items():
            answer = await send(street, spare, service, method, path, bomb)
            assert 400 <= answer.status_code < 500, (method, path, name, answer.status_code)
            assert str(answer.status_code) in operation["responses"], (method, path, name, answer.status_code)


def bodies(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The routes that take one."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if "requestBody" in operation:
                yield method.upper(), path, operation


def replaced(whole: Any, odd: Any) -> Iterator[Any]:
    """The example once for each of its first-level values, and once for a key, with something odd there."""
    for name in whole if isinstance(whole, dict) else ():
        spoilt = copy.deepcopy(whole)
        spoilt[name] = [odd] if isinstance(whole[name], list) else odd
        yield spoilt
    if isinstance(odd, str) and len(odd) == 1:
        yield {**whole, odd: odd}


async def send(
    street: Street, estate: Estate, service: str, method: str, path: str, body: bytes, **headers: str
) -> httpx.Response:
    """A call about things that are there."""
    act = {"act": "pause" if "campaigns" in path or "endpoints" in path else "claim" if "cases" in path else "submit"}
    where = path.format(**{"file_id": "f", "delivery_id": "d", "request_id": "r", **act, **estate.things})
    if path.startswith("/webhooks/"):
        return await street.webhook(body)
    given = {"content-type": "application/json"} | headers
    request = httpx.Request(method, street.url(service) + where, content=body, headers=given)
    return await street.ask(service, request, estate["agency_id" if "{agency_id}" in path else "brand_id"])
