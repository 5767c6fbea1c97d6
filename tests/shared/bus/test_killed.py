"""Processes that are killed, and messages that kill."""

import asyncio
import json
import math
import sys
import time
from asyncio.subprocess import Process, create_subprocess_exec
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from parvis.engines.local import Addresses
from shared.bus.careful import BEAT_MS
from shared.bus.envelope import Received
from shared.bus.handler import bind
from shared.bus.replay import Selection, replay
from shared.events.ingest.payload_received import PayloadReceived
from tests.shared.bus.stage import Stage, payload, until

# Seconds: a new process needs 2 to 8, by how busy the machine is; of the dead one's session at least 12 are left.
AGAIN, KILLS = 11.0, 3


class Victims:
    """The processes of one story, one after the other."""

    def __init__(self, stage: Stage, engines: Addresses, heard: Path) -> None:
        self._told = {
            "kafka": engines.kafka,
            "mongo_uri": engines.mongo,
            "database": stage.database.name,
            "topic": stage.topic.name,
            "group": stage.group,
            "heard": str(heard),
        }
        self._heard = heard

    def heard(self) -> set[int]:
        """The numbers of all messages that were handled so far."""
        return {int(line) for line in self._heard.read_text().split()} if self._heard.exists() else set()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[Process]:
        """A process that is killed at the end, as a power cut would."""
        process = await create_subprocess_exec(sys.executable, "-m", "tests.shared.bus.victim", json.dumps(self._told))
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def test_a_killed_member_waits_for_no_session(stage: Stage, engines: Addresses, tmp_path: Path) -> None:
    """kill -9 and a new process under the same name: the partitions are still its own, nobody waits for a session.

    A busy machine may be late once; who waits for a session is late whenever it is killed.
    """
    victims, took = Victims(stage, engines, tmp_path / "heard"), [math.inf]
    async with victims.one():
        await stage.send(payload(0))
        await until(lambda: 0 in victims.heard())
    while min(took) > AGAIN and len(took) <= KILLS:
        all_sent = 1 + 30 * len(took)
        await stage.send(*map(payload, range(all_sent - 30, all_sent)))
        began = time.monotonic()
        async with victims.one():
            await until(lambda sent=all_sent: victims.heard() == set(range(sent)))
            took.append(time.monotonic() - began)
    assert min(took) < AGAIN, took


async def test_a_message_that_ends_the_process_is_dead_after_the_third_time(
    stage: Stage, engines: Addresses, tmp_path: Path
) -> None:
    """One end begins the watch, three more are the message's; its neighbours are handled, the fifth process lives."""
    victims = Victims(stage, engines, tmp_path / "heard")
    crashing = [payload(number, body="crash" if number == 5 else "{}") for number in range(12)]
    await stage.send(*crashing)
    crashes = 0
    while not await stage.parked("dead"):
        assert crashes <= 4
        async with victims.one() as process:
            ended = asyncio.create_task(process.wait())
            while not ended.done() and not await stage.parked("dead"):
                await asyncio.wait([ended], timeout=0.1)
            crashes += ended.done()
            if not ended.done():
                await until(lambda: victims.heard() == set(range(12)) - {5})
            await ended if ended.done() else ended.cancel()
    assert crashes == 4
    (row,) = await stage.parked("dead")
    assert "ended three times" in row["error"]


async def test_what_ended_another_replica_is_known_to_who_takes_its_partitions(stage: Stage) -> None:
    """This process always ended well: what has ended another three times is dead all the same, its neighbours not."""
    heard: set[int] = set()

    async def handle(received: Received[PayloadReceived]) -> None:
        heard.add(received.event.part)

    await stage.send(*(payload(number, thread="one") for number in range(5)))
    attempts = stage.database.system("attempts")
    for partition in range(3):
        await attempts.insert({"_id": f"{stage.group}:{stage.topic.name}:{partition}", "offsets": [2], "tries": 3})
    async with stage.running(bind(handle), instance="1"):
        await until(lambda: heard == {0, 1, 3, 4})
        await stage.caught_up()
    (row,) = await stage.parked("dead")
    assert "ended three times" in row["error"]
    assert heard == {0, 1, 3, 4}


async def test_what_waits_for_an_engine_is_not_suspected(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler that waits for long has its attempt taken back: who kills the process then accuses nobody."""
    monkeypatch.setattr("shared.bus.careful.ENGINE_MS", 4_000.0)
    at_first: list[int] = []
    go_on = asyncio.Event()

    async def handle(received: Received[PayloadReceived]) -> None:
        at_first.append(await tries())
        await go_on.wait()

    async def tries() -> int:
        (attempt,) = await stage.database.system("attempts").find({})
        return int(attempt["tries"])

    await stage.send(payload(1))
    ended = {"_id": f"{stage.group}:0", "clean": False, "alive_ms": time.time() * 1000}
    await stage.database.system("runs").insert(ended)
    async with stage.running(bind(handle)):
        await until(lambda: at_first)
        async with asyncio.timeout(30):
            while await tries():  # noqa: ASYNC110 - only the row tells
                await asyncio.sleep(0.05)
        go_on.set()
    assert at_first == [1]


async def test_a_parked_message_that_ends_the_process_is_given_up(stage: Stage) -> None:
    """Three processes claimed the row and never said how it ended: the next one gives it up untried, until an
    operator has it replayed."""
    tried, mended = list[int](), asyncio.Event()

    async def handle(received: Received[PayloadReceived]) -> None:
        tried.append(received.event.part)
        if not mended.is_set():
            raise ValueError("spoilt")

    await stage.send(payload(1))
    async with stage.running(bind(handle), delays=(60.0,) * 4) as consumer:
        await until(lambda: consumer.stats()["parked"] == 1)
        claimed = {"claimed": True, "unended": 2, "next_at": "$$NOW"}
        await stage.database.system("parked").update({}, [{"$set": claimed}])
        await until(lambda: consumer.stats()["dead"] == 1)
        assert len(tried) == 3
        (row,) = await stage.parked("dead")
        assert "ended three times" in row["error"]
        mended.set()
        await replay(stage.database, Selection(group=stage.group), dry_run=False)
        await until(lambda: consumer.stats()["dead"] == 0 and len(tried) == 4)
    assert await stage.parked("dead") == []


async def test_only_what_was_there_is_suspected(stage: Stage) -> None:
    """After an unclean end, what the dead process can have met goes carefully; what came in since goes as ever."""
    heard: set[int] = set()

    async def handle(received: Received[PayloadReceived]) -> None:
        heard.add(received.event.part)

    await stage.send(*(payload(number, thread="one") for number in range(5)))
    ended = {"_id": f"{stage.group}:0", "clean": False, "alive_ms": time.time() * 1000 - BEAT_MS}
    await stage.database.system("runs").insert(ended)
    await asyncio.sleep(0.01)
    await stage.send(*(payload(number, thread="one") for number in range(5, 20)))
    async with stage.running(bind(handle)):
        await until(lambda: heard == set(range(20)))
    (attempt,) = await stage.database.system("attempts").find({})
    assert (attempt["offsets"], attempt["tries"]) == (list(range(5)), 0)
