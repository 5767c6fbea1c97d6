"""Every route of every service, asked by another brand's people: nothing is read, nothing is changed."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from parvis.services import USUAL_PORTS
from tests.architecture.test_routes import examples
from tests.gates.street import Estate, Street

# What no seed makes: a name that leads nowhere, which is what a stranger is told of everything.
NOWHERE = {"file_id": "f", "delivery_id": "d", "request_id": "r"}
ACTS = {"campaigns": "pause", "endpoints": "pause", "cases": "claim", "channels": "poll", "posts": "submit"}
NOT_OF_A_BRAND = {
    "/gates": "console alone, whose token names no brand",
    "/ops/parked": "the operator alone: kinds of messages, never a text",
    "/ops/replay": "the operator alone",
    "/ops/resume": "the operator alone",
    "/webhooks/{network}": "a network, by its signature",
    "/api/v1/holds": "the operator's key alone",
    "/api/v1/summary": "the operator's key alone",
    "/api/v1/agencies/{agency_id}": "the operator's key alone",
    "/api/v1/channels/{channel_id}": "the operator's key alone",
    "/api/v1/members/{login}": "the operator's key alone",
}
REFUSED = {401, 403}
Route = tuple[str, str, dict[str, Any]]


@pytest.mark.parametrize("service", USUAL_PORTS)
async def test_no_route_serves_a_stranger(street: Street, ours: Estate, theirs: Estate, service: str) -> None:
    """A token of theirs for our address, and for their own address with our things in it: nothing of us is told."""
    document = street.apps[service].openapi()
    for method, path, operation in routes(document):
        if path in NOT_OF_A_BRAND:
            continue
        for owner, status in ((ours, REFUSED), (theirs, REFUSED | {200, 201, 202, 404, 409, 422})):
            where, query = filled(path, ours, owner), asked(operation, owner)
            body = sent(document, operation, ours)
            answer = await as_stranger(street, service, (method, where, query, body), theirs)
            assert answer.status_code in status, (method, where, answer.status_code, answer.text)
            assert ours.mark not in besides(answer.text, ours), (method, where, answer.text)


async def test_what_strangers_tried_left_no_trace(street: Street, ours: Estate) -> None:
    """Our things are as they were."""
    brand = ours["brand_id"]
    post = await street.tell("GET", f"/brands/{brand}/posts/{ours['post_id']}")
    campaign = await street.tell("GET", f"/brands/{brand}/campaigns/{ours['campaign_id']}")
    said = await street.tell("GET", f"/brands/{brand}/interactions/{ours['interaction_id']}")
    (endpoint,) = (await street.tell("GET", f"/brands/{brand}/endpoints"))["endpoints"]
    assert [one["seq"] for one in (post, said["case"], endpoint)] == [1, 1, 1]
    assert campaign["state"] == "draft"


def besides(text: str, things: Estate) -> str:
    """An answer without the names that it was asked about: it may repeat those, and nothing else."""
    for name in sorted(things.things.values(), key=len, reverse=True):
        text = text.replace(name, "")
    return text


def routes(document: dict[str, Any]) -> Iterator[Route]:
    """All of them."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def filled(path: str, things: Estate, owner: Estate) -> str:
    """The address with our things under an owner's brand or agency."""
    act = next((act for word, act in ACTS.items() if f"/{word}/" in path), "")
    known = {**NOWHERE, "act": act, **things.things}
    known |= {name: owner[name] for name in ("brand_id", "agency_id")}
    try:
        return path.format(**known)
    except KeyError as unknown:
        raise AssertionError(
            f"{path}: what is {unknown}? Let Street.settle make one, or say in NOT_OF_A_BRAND who alone may call it"
        ) from None


def asked(operation: dict[str, Any], owner: Estate) -> dict[str, str]:
    """The query that names a brand, where it is not in the path."""
    named = {one["name"] for one in operation.get("parameters", []) if one["in"] == "query"}
    return {name: owner[name] for name in ("brand_id", "agency_id") if name in named}


def sent(document: dict[str, Any], operation: dict[str, Any], things: Estate) -> Any:
    """The example body, with our things wherever it names one."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    shown = examples(document, content)[0] if content else None
    return {**shown, **{name: things[name] for name in shown if name in things.things}} if shown else shown


async def as_stranger(
    street: Street, service: str, call: tuple[str, str, dict[str, str], Any], theirs: Estate
) -> httpx.Response:
    """With a token of the right that the route asks for, or a key of `/api/v1`: of their brand in any case."""
    method, where, query, body = call
    if service == "console":
        return await street.api(method, where.removeprefix("/api/v1"), body, theirs["key"])
    claimed = theirs["agency_id" if where.startswith("/agencies/") else "brand_id"]
    request = httpx.Request(method, street.url(service) + where, params=query or None, json=body)
    return await street.ask(service, request, claimed)
