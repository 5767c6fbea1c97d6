"""A command is believed for thirty seconds, by the service it is for, about the brand and the right it names."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, get_args

import httpx
import pytest
from fastapi import Depends, FastAPI
from nacl.signing import SigningKey

from shared import problems
from shared.auth import Command, CommandVerifier, command, sign_command
from shared.rates import Rates
from shared.rights import Right, Role, allowed, rights_of

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KEY = SigningKey.generate()
PATH = "/brands/br-1/cases/c-1/decide"


def app() -> FastAPI:
    """A service with one command."""
    service = FastAPI()
    problems.install(service)
    service.state.commands = CommandVerifier(KEY.verify_key, "moderation", lambda: NOW)
    service.state.rates = Rates(500, 50)

    @service.post("/brands/{brand}/cases/{case}/decide")
    async def decide(case: str, asked: Annotated[Command, Depends(command("decide"))]) -> dict[str, Any]:
        asked.expect(4, {"state": "decided", "seq": 4})
        return {"brand": asked.brand_id, "person": asked.person, "hash": asked.request_hash}

    return service


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app()), base_url="http://moderation") as client:
        yield client


def token(**changes: Any) -> dict[str, str]:
    """The headers of a good command, with `changes` to its token."""
    key = changes.pop("key", KEY)
    claims = {"audience": "moderation", "brand_id": "br-1", "person": "lea", "right": "decide", "now": NOW}
    return {"Authorization": f"Bearer {sign_command(key, **{**claims, **changes})}", "Idempotency-Key": "k1"}


async def test_a_good_command(client: httpx.AsyncClient) -> None:
    """Brand, person and right arrive; the hash tells one request from another under the same key."""
    first = await client.post(PATH, headers=token(), json={"revision": 1})
    again = await client.post(PATH, headers=token(), json={"revision": 1})
    other = await client.post(PATH, headers=token(), json={"revision": 2})
    assert (first.status_code, first.json()["person"]) == (200, "lea")
    assert first.json()["hash"] == again.json()["hash"] != other.json()["hash"]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"now": NOW - timedelta(seconds=40)}, 401),
        ({"now": NOW + timedelta(seconds=10)}, 401),
        ({"audience": "publisher"}, 401),
        ({"key": SigningKey.generate()}, 401),
        ({"brand_id": "br-2"}, 403),
        ({"right": "reply"}, 403),
    ],
)
async def test_a_bad_token(changes: dict[str, Any], status: int, client: httpx.AsyncClient) -> None:
    """Too old, from the future, for another service, by another signer, for another brand or right: refused."""
    answer = await client.post(PATH, headers=token(**changes))
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x.y.z", "Basic bGVhOng=", "Bearer " + "A" * 5000])
async def test_no_token_at_all(header: str, client: httpx.AsyncClient) -> None:
    """Without a readable token the answer is 401, and says how to ask."""
    answer = await client.post(PATH, headers={"Authorization": header, "Idempotency-Key": "k"})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


async def test_an_unsigned_token_is_not_believed(client: httpx.AsyncClient) -> None:
    """A token that asks not to be checked, or is signed by the public key as a shared secret, is refused."""
    import jwt  # only to forge

    claims = {"iss": "parvis", "aud": "moderation", "brand": "br-1", "sub": "lea", "right": "decide"}
    times = {"iat": NOW.timestamp(), "exp": NOW.timestamp() + 30}
    forged = [
        jwt.encode({**claims, **times}, "", algorithm="none"),
        jwt.encode({**claims, **times}, bytes(KEY.verify_key).hex(), algorithm="HS256"),
    ]
    for one in forged:
        headers = {"Authorization": f"Bearer {one}", "Idempotency-Key": "k"}
        assert (await client.post(PATH, headers=headers)).status_code == 401


async def test_a_command_needs_its_key(client: httpx.AsyncClient) -> None:
    """Without an Idempotency-Key nobody could tell a repetition from a second wish."""
    headers = token()
    del headers["Idempotency-Key"]
    assert (await client.post(PATH, headers=headers)).status_code == 422


@pytest.mark.parametrize(("seen", "status"), [("4", 200), ('"4"', 200), ("3", 409), ("x", 422), ("", 200)])
async def test_the_state_that_the_person_saw(seen: str, status: int, client: httpx.AsyncClient) -> None:
    """If-Match carries the expected seq; another state is answered with what it is now."""
    answer = await client.post(PATH, headers={**token(), "If-Match": seen})
    assert answer.status_code == status
    if status == 409:
        assert answer.json()["current"] == {"state": "decided", "seq": 4}


TABLE: dict[Role, str] = {
    "viewer": "read",
    "moderator": "read decide reply note hold",
    "manager": "read decide reply note hold compose approve schedule policies endpoints audit release",
    "admin": "read decide reply note hold compose approve schedule policies endpoints audit release "
    "members channels erase hold_group",
    "operator": "operate read_with_reason hold release hold_group hold_all",
}


@pytest.mark.parametrize("role", get_args(Role))
def test_the_whole_table(role: Role) -> None:
    """Every role against every right: what is not written here is denied."""
    for right in get_args(Right):
        assert allowed(role, right) == (right in TABLE[role].split()), right
    assert rights_of(role) <= set(get_args(Right))
