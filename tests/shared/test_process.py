"""How a process begins and ends: told clearly when it cannot start, nothing lost when it is asked to go."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from shared.bus.envelope import Outgoing
from shared.bus.producer import Producer
from shared.events.moderation.case_claimed import CaseClaimed
from shared.mongo.client import Mongo
from shared.service import utc_now
from tests.shared.tiny_process import PATIENCE, TinyProcess, tiny_process

NOWHERE = "127.0.0.1:9"
NO_MONGO = "mongodb://127.0.0.1:9/?replicaSet=parvis&serverSelectionTimeoutMS=500"
WORK = 3.0  # seconds: longer than it takes to see what is in hand, shorter than an end has time for


@asynccontextmanager
async def streaming(tiny: TinyProcess) -> AsyncIterator[asyncio.Task[bytes]]:
    """A page that listens to doorbells, already ringing."""
    async with tiny.http.stream("GET", "/stream") as stream:
        lines = stream.aiter_raw()
        await anext(lines)

        async def rest() -> bytes:
            return b"".join([line async for line in lines])

        listening = asyncio.create_task(rest())
        yield listening
        await listening


async def test_asked_to_go_in_the_middle_of_everything(kafka: str, mongo_uri: str, tmp_path: Path) -> None:
    """At SIGTERM the request in hand is answered, the event in hand is kept, an endless stream ends whole,
    what was opened is closed, and the exit is 0."""
    brand_id = str(uuid4())
    event = CaseClaimed.example().model_copy(update=dict.fromkeys(("brand_id", "case_id", "interaction_id"), brand_id))
    settings = {"TINY_BRAND": brand_id, "TINY_WORK_SECONDS": str(WORK)}
    async with tiny_process(kafka, mongo_uri, tmp_path, **settings) as tiny:
        await tiny.ready()
        async with Producer.open(kafka, source="/moderation") as producer, Mongo.open(mongo_uri) as mongo:
            database = mongo.database(f"{tiny.settings.database_prefix}tiny")
            begun, seen = database.brand("begun"), database.brand("seen")
            await producer.send([Outgoing.first(event, now=utc_now())])
            slow = asyncio.create_task(tiny.http.get("/slow", params={"seconds": WORK}))
            async with asyncio.timeout(PATIENCE), streaming(tiny) as listening:
                while not await begun.count({"brand_id": brand_id}):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
                assert (await tiny.http.get("/ops")).json()["consumers"][0]["in_flight"] > 0
                assert await seen.count({"brand_id": brand_id}) == 0
                tiny.terminate()
                assert (await slow).json() == {"slept": WORK}
                await listening
            assert await tiny.ended() == 0
            assert await seen.count({"brand_id": brand_id}) == 1
        log = await tiny.said()
        told = [line["event"] for line in log]
        assert told.index("leaving") < told.index("drained") < told.index("ended")
        assert b"closed" in await tiny.output
        assert not [line for line in log if line["level"] in {"critical", "error"}]


async def test_engines_away_at_the_start(tmp_path: Path) -> None:
    """Without its engines a process is alive and says what it waits for; it still ends at once when asked."""
    async with tiny_process(NOWHERE, NO_MONGO, tmp_path) as tiny:
        async with asyncio.timeout(PATIENCE):
            while await tiny.probe("/livez") is None:  # noqa: ASYNC110 - nobody listens yet
                await asyncio.sleep(0.05)
        alive, ready = await tiny.http.get("/livez"), await tiny.http.get("/readyz")
        assert (alive.status_code, ready.status_code) == (200, 503)
        checks = ready.json()["checks"]
        assert checks["mongo"] != "ok"
        assert checks["directory"] != "ok"
        began = time.monotonic()
        tiny.terminate()
        assert await tiny.ended() == 0
        assert time.monotonic() - began < 20  # seconds: what has something to drain gets 25


async def test_a_stuck_loop_ends_the_process(kafka: str, mongo_uri: str, tmp_path: Path) -> None:
    """What is broken for its own reason says why and exits 1, so that it is started again."""
    settings = {"TINY_STUCK": "true", "PARVIS_DRAIN_SECONDS": "1"}
    async with tiny_process(kafka, mongo_uri, tmp_path, **settings) as tiny:
        assert await tiny.ended() == 1
        reasons = [line["why"] for line in await tiny.said() if line["event"] == "not_alive"]
        assert "loop tick" in reasons[0][0]


async def test_an_event_loop_that_stands_still(kafka: str, mongo_uri: str, tmp_path: Path) -> None:
    """Blocking code cannot be asked whether it is alive: a timer outside the event loop shows where, and exits 1."""
    async with tiny_process(kafka, mongo_uri, tmp_path, PARVIS_STALL_SECONDS="4") as tiny:
        await tiny.ready()
        blocked = asyncio.create_task(tiny.probe("/block"))
        assert await tiny.ended() == 1
        assert await blocked is None
        assert b"in block" in await tiny.output


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"PARVIS_PORT": "many"}, b"PARVIS_PORT"),
        ({"PARVIS_KEYS_DIR": "/nowhere"}, b"parvis keys"),
        ({"PARVIS_KAFKA": "ssl://127.0.0.1:9/nowhere"}, b"/nowhere/ca.crt"),
    ],
)
async def test_what_it_cannot_start_with(environment: dict[str, str], says: bytes, tmp_path: Path) -> None:
    """One line names what is wrong, without a traceback, and the exit is 1."""
    async with tiny_process(NOWHERE, NO_MONGO, tmp_path, **environment) as tiny:
        assert await tiny.ended() == 1
        output = await tiny.output
        assert says in output
        assert b"Traceback" not in output


async def test_a_port_that_is_taken(tmp_path: Path) -> None:
    """Another program's port is named, with the variable that chooses another."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        async with tiny_process(NOWHERE, NO_MONGO, tmp_path, PARVIS_PORT=port) as tiny:
            assert await tiny.ended() == 1
            output = await tiny.output
            assert port.encode() in output
            assert b"PARVIS_PORT" in output
            assert b"Traceback" not in output
