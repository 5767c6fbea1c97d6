"""Our requests, and the simulator's answers, against the description of Mastodon's API."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from parvis.simulator.remote import Simulator
from shared.egress import Egress
from shared.networks.capabilities import Rendition
from shared.networks.mastodon.client import Mastodon
from tests.networks.overheard import Call, Overheard
from tests.networks.seats import Seat, delivery, seat
from tests.networks.specs import spec


@pytest.fixture(scope="module")
def api() -> OpenAPI:
    """The community's description; it is not judged itself (a default in it is not valid)."""
    return OpenAPI.from_dict(spec("mastodon.json"), config=Config(spec_validator_cls=None))


async def everything(here: Seat) -> None:
    """One of each call."""
    client, account, since = here.client, here.account, datetime.now(UTC)
    post = await client.publish(account, Rendition("Bonjour", language="fr"), delivery())
    target = await here.hears("Taille ?", post=post.remote_id)
    await client.reply(account, target, "Grand", delivery())
    await client.find_post(account, Rendition("Bonjour"), delivery(), since)
    await client.find_reply(account, target, "Grand", delivery(), since)
    await client.poll(account, (await client.poll(account, {})).cursor)
    await client.read(account, target.external_id, {})
    await client.whoami(account)
    await client.instance_settings(account)
    await client.delete(account, here.target(await here.simulator.thing(post.remote_id)))


def request_of(call: Call, here: Seat) -> MockRequest:
    path = urlsplit(call.url).path.removeprefix("/mastodon")
    body = call.parts.get("json")
    return MockRequest(
        "https://mastodon.example",
        call.method.lower(),
        path,
        args={name: str(value) for name, value in (call.parts.get("params") or {}).items()},
        headers={**call.parts["headers"]},
        content_type="application/json",
        data=None if body is None else json.dumps(body).encode(),
    )


@pytest.mark.filterwarnings("ignore:Unsupported scheme type:UserWarning")
async def test_requests_and_answers_are_as_described(api: OpenAPI, simulator: Simulator, egress: Egress) -> None:
    """Every call is one that the description knows, and the simulator answers in the shape it promises."""
    here, overheard = await seat("mastodon", simulator, egress), Overheard(egress)
    here.client = Mastodon(overheard)  # type: ignore[arg-type]
    await everything(here)
    seen: set[str] = set()
    for call in overheard.calls:
        request = request_of(call, here)
        api.validate_request(request)
        response: Any = MockResponse(call.answer.body, call.answer.status, content_type="application/json")
        api.validate_response(request, response)
        seen.add(f"{call.method} {request.path}")
    assert len(seen) > 8
