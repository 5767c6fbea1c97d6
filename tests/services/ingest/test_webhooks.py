"""The networks' calls: 2xx only when Kafka has every change."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pydantic import SecretStr

from services.ingest.app import Resources, create_app
from shared.auth import sign_command
from shared.directory import Directory
from shared.events.ingest.payload_received import PayloadReceived
from shared.events.ingest.payload_unrouted import PayloadUnrouted
from shared.networks.registry import open_networks
from shared.networks.x.inbound import signature
from shared.rights import Right
from shared.secrets import seal
from tests.services.ingest.conftest import Ingest, Noting

SECRET = "app secret"
Change = dict[str, Any]


@dataclass
class Door:
    """Ingest's HTTP side. `app` is made anew where a story changes what it stands on."""

    ingest: Ingest
    resources: Resources
    page: str

    def client(self, **floor: Any) -> httpx.AsyncClient:
        """A client of the app, whose floor has these changes."""
        changed = replace(self.resources, floor=replace(self.resources.floor, **floor))
        transport = httpx.ASGITransport(create_app(changed), raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://ingest.test")

    async def call(self, body: bytes, *, secret: str = SECRET, **floor: Any) -> httpx.Response:
        """A signed call."""
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        async with self.client(**floor) as http:
            headers = {"X-Hub-Signature-256": f"sha256={digest}"}
            return await http.post("/webhooks/facebook", content=body, headers=headers)

    async def command(self, path: str, body: Any = None, right: Right = "channels") -> httpx.Response:
        """A person's command on the channel's brand."""
        brand_id, signer = self.ingest.channel.brand_id, self.resources.floor.keys.commands_private
        assert signer is not None
        token = sign_command(signer, audience="ingest", brand_id=brand_id, person="ines", right=right)
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
        async with self.client() as http:
            return await http.post(f"/brands/{brand_id}{path}", json=body, headers=headers)


def body(*changes: Change, page: str) -> bytes:
    """A call of one page."""
    return json.dumps({"object": "page", "entry": [{"id": page, "changes": list(changes)}]}).encode()


def comment(number: int, text: str = "Bonjour") -> Change:
    value = {"item": "comment", "verb": "add", "post_id": "p", "comment_id": f"p_{number}", "message": text}
    return {"field": "feed", "value": value | {"from": {"id": "7", "name": "Camille"}, "created_time": 1795247880}}


@pytest.fixture
async def door(ingest: Ingest) -> AsyncIterator[Door]:
    """A facebook page of the brand, and the app."""
    page = str(uuid4().int)[:15]
    ingest.connect("facebook", channel_id=str(uuid4()), account_id=page)
    await ingest.floor.directory.caught_up()
    settings = ingest.settings.model_copy(
        update={"facebook_app_secret": SecretStr(SECRET), "facebook_verify_token": SecretStr("let me in")}
    )
    networks = {**open_networks(ingest.floor.egress), "square": ingest.square}
    stores = ingest.objects, ingest.polls, ingest.rereads, ingest.epochs
    yield Door(ingest, Resources(ingest.floor, settings, networks, *stores, ingest.calls, ingest.calls), page)


async def test_each_change_of_a_call_is_one_raw_message(door: Door) -> None:
    """Of two pages, one of them unknown: all are kept, and what nobody knows is kept apart."""
    call = {"object": "page", "entry": [{"id": door.page, "changes": [comment(1), comment(2)]}]}
    call["entry"].append({"id": "40404", "changes": [comment(3)]})  # type: ignore[attr-defined]
    answer = await door.call(json.dumps(call).encode())
    assert answer.status_code == 200
    first, second, unknown = door.ingest.sent_out.events
    assert isinstance(first, PayloadReceived)
    assert isinstance(unknown, PayloadUnrouted)
    assert (first.part, second.part, unknown.part) == (0, 1, 2)
    assert first.receipt_id == unknown.receipt_id
    assert first.whole_sha256 == hashlib.sha256(json.dumps(call).encode()).hexdigest()
    assert json.loads(first.body)["comment_id"] == "p_1"


async def test_nothing_is_pretended_while_kafka_is_away(door: Door) -> None:
    """503 with Retry-After, within the producer's deadline: the network sends it again."""
    async with Noting.open("127.0.0.1:1", source="/ingest", deadline=0.3) as away:
        answer = await door.call(body(comment(1), page=door.page), producer=away)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_process_that_does_not_know_the_channels_yet_accepts_nothing(door: Door) -> None:
    """It would take every account for unknown; the network comes back when the directory is read."""
    answer = await door.call(body(comment(1), page=door.page), directory=Directory())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert door.ingest.sent_out.events == []


async def test_a_disconnected_channel_no_longer_feeds_its_brand(door: Door) -> None:
    """The page still calls: what it sends is kept, but for nobody."""
    channel = door.ingest.floor.directory.channel_of("facebook", door.page)
    assert channel is not None
    door.ingest.floor.directory.learn(channel.model_copy(update={"status": "disconnected", "seq": 2}))
    assert (await door.call(body(comment(1), page=door.page))).status_code == 200
    assert [type(one) for one in door.ingest.sent_out.events] == [PayloadUnrouted]


@pytest.mark.parametrize(
    ("sent", "secret", "status"),
    [
        (b'{"object":"page"', SECRET, 422),
        (b'{"object":"page","entry":[]}', "another secret", 401),
        (b"x" * 1_000_001, SECRET, 413),
    ],
)
async def test_what_is_not_taken_says_why(door: Door, sent: bytes, secret: str, status: int) -> None:
    """Not JSON, not signed, too large: a problem document each, and nothing is sent."""
    answer = await door.call(sent, secret=secret)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert door.ingest.sent_out.events == []


async def test_the_largest_call_fits_into_one_message(door: Door) -> None:
    """One comment of nearly a megabyte, of letters that double when JSON holds JSON."""
    sent = body(comment(1, '"' * 490_000), page=door.page)
    assert len(sent) < 1_000_000
    assert (await door.call(sent)).status_code == 200


async def test_a_storm_takes_the_overflow_lane(door: Door) -> None:
    """What exceeds the brand's burst goes to the other topic, in the same call."""
    brand = door.ingest.floor.directory.brand(door.ingest.channel.brand_id)
    assert brand is not None
    door.ingest.floor.directory.learn(brand.model_copy(update={"rate_burst": 3, "seq": 2}))
    await door.call(body(*(comment(n) for n in range(5)), page=door.page))
    events = door.ingest.sent_out.events
    assert [one.topic().name for one in events] == ["ingest.raw.v1"] * 3 + ["ingest.raw.v1.overflow"] * 2


async def test_the_handshake_is_answered_to_who_knows_the_token(door: Door) -> None:
    """Meta's subscription: the challenge comes back as it was, or 403."""
    asked = {"hub.mode": "subscribe", "hub.verify_token": "let me in", "hub.challenge": "1158201444"}
    async with door.client() as http:
        right = await http.get("/webhooks/facebook", params=asked)
        wrong = await http.get("/webhooks/facebook", params=asked | {"hub.verify_token": "guess"})
        nowhere = await http.get("/webhooks/myspace", params=asked)
    assert (right.text, right.headers["content-type"]) == ("1158201444", "text/plain; charset=utf-8")
    assert (wrong.status_code, nowhere.status_code) == (403, 404)


async def test_x_is_given_the_proof_that_it_asks_for(door: Door) -> None:
    """As JSON, by its app's own secret: it has no word of ours."""
    settings = door.resources.settings.model_copy(update={"x_app_secret": SecretStr(SECRET)})
    door.resources = replace(door.resources, settings=settings)
    async with door.client() as http:
        answer = await http.get("/webhooks/x", params={"crc_token": "abc"})
    assert answer.json() == {"response_token": signature(b"abc", SECRET)}
    assert answer.headers["content-type"] == "application/json"


async def test_a_person_has_a_channel_read_now(door: Door) -> None:
    """Only their own brand's channel, and only with the right."""
    channel = door.ingest.channel
    await door.ingest.polls.expect([channel])
    path = f"/channels/{channel.channel_id}/poll"
    assert (await door.command(path)).json() == {"due": True}
    assert (await door.command(path, right="read")).status_code == 403
    assert (await door.command("/channels/somebody-elses/backfill")).status_code == 404


async def test_testing_a_connection_never_tells_the_token(door: Door) -> None:
    """Nobody listens there, or the token was sealed for somebody else: a sentence, without the secret."""
    sealed = seal(door.ingest.floor.keys.platform_public, "very-secret")
    nobody = await door.command(
        "/check", {"network": "wordpress", "base_url": "http://127.0.0.1:1", "token_sealed": sealed}
    )
    foreign = await door.command(
        "/check", {"network": "wordpress", "base_url": "http://x.test", "token_sealed": "AAAA"}
    )
    assert (nobody.status_code, foreign.status_code) == (422, 422)
    assert "sealed for this platform" in foreign.json()["detail"]
    assert "very-secret" not in nobody.text + foreign.text


async def test_every_body_has_an_example_and_every_route_its_problems(door: Door) -> None:
    """What the description of the service promises to who reads it."""
    async with door.client() as http:
        described = (await http.get("/openapi.json")).json()
    hook = described["paths"]["/webhooks/{network}"]["post"]
    assert hook["requestBody"]["content"]["application/json"]["examples"]
    assert {"401", "404", "413", "422", "503"} <= set(hook["responses"])
    assert described["components"]["schemas"]["Connection"]["examples"]
    poll = described["paths"]["/brands/{brand_id}/channels/{channel_id}/poll"]["post"]
    assert {"202", "401", "403", "404"} <= set(poll["responses"])
