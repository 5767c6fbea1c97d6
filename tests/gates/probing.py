"""Calls that Schemathesis makes up from a service's own OpenAPI document, sent through the street's doors."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.gates.street import Street

SEED = 20_261_125
EXAMPLES = 4
SENT = ("method", "url", "headers", "params", "json", "data")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
Answering = Callable[[httpx.Request, str], httpx.Response]


def operations(street: Street, service: str) -> Iterator[Any]:
    """Each route of a service, as Schemathesis knows it."""
    schema = schemathesis.openapi.from_dict(street.apps[service].openapi())
    return (found.ok() for found in schema.get_all_operations())


async def surprises(street: Street, service: str, things: dict[str, str], *, signed: bool = True) -> list[str]:
    """What is not as documented, over all routes; `things` are there and named in every second call."""
    loop, found = asyncio.get_running_loop(), list[str]()

    def answer(request: httpx.Request, brand_id: str) -> httpx.Response:
        asked = street.ask(service, request, brand_id) if signed else street.http.send(request)
        return asyncio.run_coroutine_threadsafe(asked, loop).result()

    for operation in operations(street, service):
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE) if signed else [GenerationMode.POSITIVE]:
            await asyncio.to_thread(_try, operation, mode, things, street.url(service), answer, found)
    return found


def _try(operation: Any, mode: Any, things: dict[str, str], url: str, answer: Answering, found: list[str]) -> None:
    turn = 0

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=HealthCheck
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def one(case: Any) -> None:
        nonlocal turn
        turn += 1
        named = {name: things[name] for name in case.path_parameters or {} if name in things}
        case.path_parameters.update(named if turn % 2 else {})
        sent = request_of(case, url)
        if sent is None:
            return
        brand = case.path_parameters.get("brand_id", case.path_parameters.get("agency_id", things["brand_id"]))
        try:
            case.validate_response(answer(sent, str(brand)), checks=CHECKS)
        except Exception as error:  # told with all others at the end
            found.append(f"{operation.label}: {_why(error)}")

    one()


def request_of(case: Any, url: str) -> httpx.Request | None:
    """The call, as bytes; None where no client could send it."""
    told = {name: value for name, value in case.as_transport_kwargs(base_url=url).items() if name in SENT}
    try:
        ready = requests.Request(**told).prepare()
        return httpx.Request(ready.method or "GET", ready.url or url, headers=dict(ready.headers), content=ready.body)
    except (httpx.InvalidURL, UnicodeError, requests.RequestException, ValueError):
        return None


def _why(error: BaseException) -> str:
    inner = getattr(error, "exceptions", [error])
    return "; ".join(" ".join(str(one).split())[:600] for one in inner)
