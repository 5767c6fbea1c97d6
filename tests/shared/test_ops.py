"""What an operator does to a service over HTTP: sees what it set aside, brings it back, lets go of a brake."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared import keys
from shared.auth import sign_command
from shared.bus.envelope import Received
from shared.bus.handler import bind
from shared.errors import Reject
from shared.events.ingest.payload_received import PayloadReceived
from shared.rights import Right
from shared.service import Floor, build, open_floor
from shared.settings import FloorSettings
from tests.shared.bus.stage import PATIENCE, Stage, payload, until

SAID = "bande d'abrutis"


class Fixable:
    """Rejects everything until it is fixed."""

    def __init__(self) -> None:
        self.fixed = False
        self.done: set[int] = set()

    async def handle(self, received: Received[PayloadReceived]) -> None:
        if not self.fixed:
            raise Reject(f"no way for {received.event.brand_id}")
        self.done.add(received.event.part)


class Failing:
    """Fails until it is fixed."""

    def __init__(self) -> None:
        self.fixed = False
        self.done: set[int] = set()

    async def handle(self, received: Received[PayloadReceived]) -> None:
        if not self.fixed:
            raise ValueError("a bad deployment")
        self.done.add(received.event.part)


@dataclass
class Operator:
    """Somebody with the service's address and a key to sign with."""

    floor: Floor
    http: httpx.AsyncClient

    def token(self, right: Right = "operate", key: str = "k") -> dict[str, str]:
        """The headers of a command."""
        private = self.floor.keys.commands_private
        assert private is not None
        signed = sign_command(private, audience="tiny", brand_id="", person="op", right=right)
        return {"Authorization": f"Bearer {signed}", "Idempotency-Key": key}

    async def kinds(self) -> list[dict[str, Any]]:
        """What the service set aside."""
        answer = await self.http.get("/ops/parked", headers=self.token())
        assert answer.status_code == 200
        assert SAID not in answer.text
        return list(answer.json()["kinds"])

    async def stuck(self) -> dict[str, int]:
        """How many messages of each brand are stuck."""
        answer = await self.http.get("/ops/parked", headers=self.token())
        return {one["brand_id"]: one["count"] for one in answer.json()["brands"]}

    async def asks(self, path: str, **body: Any) -> dict[str, int]:
        """The answer to a command."""
        answer = await self.http.post(f"/ops/{path}", json=body, headers=self.token())
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


@pytest.fixture
async def operator(kafka: str, mongo_uri: str, tmp_path: Path) -> AsyncIterator[Operator]:
    """Of a service with a database of its own."""
    keys.create(tmp_path)
    prefix = f"test_{uuid4().hex[:10]}_"
    settings = FloorSettings(kafka=kafka, mongo=mongo_uri, keys_dir=tmp_path, database_prefix=prefix)
    async with open_floor(settings, "tiny") as floor:
        transport = httpx.ASGITransport(build(floor))
        async with httpx.AsyncClient(transport=transport, base_url="http://tiny.test") as http:
            yield Operator(floor, http)
        await floor.database.drop()


@pytest.fixture
async def stage(operator: Operator, kafka: str) -> AsyncIterator[Stage]:
    """A topic whose consumer sets aside in the operator's service."""
    ready = Stage(kafka, operator.floor.producer, operator.floor.database)
    await ready.open()
    yield ready
    await ready.close()


async def test_dead_messages_are_seen_counted_and_brought_back(operator: Operator, stage: Stage) -> None:
    """Told kind by kind; counted unless it is said otherwise; then those that match come back, and no others."""
    fixable = Fixable()
    await stage.send(payload(1, "br-a"), payload(2, "br-a"), payload(3, "br-b"))
    async with stage.running(bind(fixable.handle)) as consumer:
        await until(lambda: consumer.stats()["dead"] == 3)
        most, least = await operator.kinds()
        assert (most["state"], most["count"], most["next_at"]) == ("dead", 2, None)
        assert (most["group"], most["topic"]) == (stage.group, stage.topic.name)
        assert "br-a" in most["error"]
        assert least["count"] == 1
        assert await operator.stuck() == {"br-a": 2, "br-b": 1}
        fixable.fixed = True
        assert await operator.asks("replay") == {"found": 3, "too_old": 0}
        assert await operator.asks("replay", error="FOR BR-A", dry_run=True) == {"found": 2, "too_old": 0}
        assert await operator.asks("replay", event="PayloadReceived", topic="another.v1") == {"found": 0, "too_old": 0}
        assert len(await stage.parked("dead")) == 3
        found = await operator.asks("replay", group=stage.group, error="br-a", dry_run=False)
        assert found == {"found": 2, "too_old": 0}
        await until(lambda: fixable.done == {1, 2})
        assert await operator.stuck() == {"br-b": 1}
        await until(lambda: consumer.stats()["dead"] == 1)
    (left,) = await operator.kinds()
    assert "br-b" in left["error"]


async def test_what_waits_is_told_for_all_replicas(operator: Operator, stage: Stage) -> None:
    """Whichever replica is asked: each knows the lag of its own partitions alone."""
    go_on = asyncio.Event()

    async def handle(received: Received[PayloadReceived]) -> None:
        await go_on.wait()

    async def behind() -> int:
        return int((await operator.http.get("/ops")).json()["behind"])

    async with stage.running(bind(handle), instance="0") as first, stage.running(bind(handle), instance="1") as second:
        await until(lambda: all(one.stats()["topics"][stage.topic.name]["partitions"] for one in (first, second)))
        await stage.send(*(payload(number) for number in range(60)))
        try:
            async with asyncio.timeout(PATIENCE):
                while await behind() != 60:  # noqa: ASYNC110 - only the service tells
                    await asyncio.sleep(0.1)
            shares = [one.stats()["topics"][stage.topic.name]["lag"] for one in (first, second)]
            assert sum(shares) == 60
            assert 60 not in shares
        finally:
            go_on.set()
        await stage.caught_up()
    assert await behind() == 0


async def test_why_a_message_is_dead_does_not_repeat_what_somebody_said(operator: Operator, stage: Stage) -> None:
    """An operator sees which field is wrong, never the text around it."""
    spoilt = stage.encoded(payload(1, body=SAID))
    value = spoilt.value.replace(b'"part":1', b'"part":"' + SAID.encode() + b'"').replace(b'"network"', b'"netwrok"')
    await operator.floor.producer.send_raw([spoilt._replace(value=value)])
    async with stage.running(bind(Fixable().handle)) as consumer:
        await until(lambda: consumer.stats()["dead"] == 1)
    (kind,) = await operator.kinds()
    assert "part" in kind["error"]
    assert "network" in kind["error"]


async def test_a_brake_is_let_go_of(operator: Operator, stage: Stage) -> None:
    """Of the group that was named and of no other; the consumer goes on where it stopped."""
    deployment = Failing()
    await stage.send(*(payload(number, f"br-{number % 3}") for number in range(30)))
    async with stage.running(bind(deployment.handle), in_a_row=6, at_once=1, delays=(60,)) as consumer:
        await until(lambda: consumer.reason.startswith("braked"))
        deployment.fixed = True
        assert await operator.asks("resume", group="another") == {"released": 0}
        assert consumer.reason.startswith("braked")
        assert await operator.asks("resume", group=stage.group) == {"released": 1}
        await until(lambda: len(deployment.done) >= 30 - 13)
        await until(lambda: consumer.ready)


async def test_a_brake_keeps_nobody_from_being_asked(operator: Operator, stage: Stage) -> None:
    """Every replica has it: if they were not ready, no command would come in, nor the one that lets go of it."""
    deployment = Failing()
    async with stage.running(bind(deployment.handle), in_a_row=6, at_once=1, delays=(60,)) as consumer:
        app = build(operator.floor, consumers=[consumer])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://tiny.test") as http:
            assert (await http.get("/readyz")).status_code == 503  # it has no partitions yet
            await stage.send(*(payload(number, f"br-{number % 3}") for number in range(30)))
            await until(lambda: consumer.reason.startswith("braked"))
            async with asyncio.timeout(PATIENCE):
                await operator.floor.directory.caught_up()
            ready, told = await http.get("/readyz"), (await http.get("/ops")).json()
        assert ready.status_code == 200
        assert ready.json()["checks"][f"consumer {stage.group}"] == f"braked: {stage.topic.name}"
        assert (told["ready"], told["consumers"][0]["ready"]) == (False, False)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("GET", "parked", None), ("POST", "replay", {"dry_run": False}), ("POST", "resume", {})],
)
async def test_nobody_else_may(operator: Operator, method: str, path: str, body: Any) -> None:
    """Without a token, and with the right to something else: a problem document, and nothing happens."""
    rows = operator.floor.database.system("parked")
    await rows.insert({"_id": "one", "state": "dead", "group": "g", "timestamp_ms": 4_000_000_000_000})
    brakes = operator.floor.database.system("brakes")
    await brakes.insert({"_id": "g:t", "group": "g", "topic": "t", "brands": [], "version": "1"})
    for headers, status in (({"Idempotency-Key": "k"}, 401), (operator.token("channels"), 403)):
        answer = await operator.http.request(method, f"/ops/{path}", json=body, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert (await rows.get({"_id": "one"}) or {})["state"] == "dead"
    assert "version" in (await brakes.get({"_id": "g:t"}) or {})


@pytest.mark.parametrize(
    ("path", "body", "at"),
    [
        ("replay", {"dryrun": False}, "dryrun"),
        ("replay", {"dry_run": "perhaps"}, "dry_run"),
        ("replay", {"group": {"$ne": ""}}, "group"),
        ("resume", {"group": ["a"]}, "group"),
    ],
)
async def test_what_is_not_understood_does_nothing(operator: Operator, path: str, body: Any, at: str) -> None:
    """A misspelt word would mean everything: it is refused, and the answer says where."""
    rows = operator.floor.database.system("parked")
    await rows.insert({"_id": "one", "state": "dead", "group": "g", "timestamp_ms": 4_000_000_000_000})
    answer = await operator.http.post(f"/ops/{path}", json=body, headers=operator.token())
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert at in answer.json()["errors"][0]["at"]
    assert (await rows.get({"_id": "one"}) or {})["state"] == "dead"
