"""Poison is parked and comes back after a fix, while MongoDB's outage parks nothing."""

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from parvis.engines import pidfile
from parvis.engines.local import LocalEngines
from parvis.platform import Platform, running
from tests.engines_apart import engines_apart
from tests.flows.conftest import QUICK
from tests.flows.town import eventually, found_brand

SERVICES = ("ingest", "moderation", "insights", "publisher", "console")
FROZEN = 12.0
COMMENTS = 30


@dataclass(frozen=True, slots=True)
class Apart:
    """A platform whose engines nobody else uses; what `fix` names makes ingest read umbrellas once it is there."""

    platform: Platform
    engines: LocalEngines
    fix: Path

    async def parvis(self, *words: str) -> str:
        """What the command answers to an operator of this platform."""
        at = self.engines.addresses()
        more = {"PARVIS_KAFKA": at.kafka, "PARVIS_MONGO": at.mongo, "COLUMNS": "240"}
        command = (sys.executable, "-c", "from parvis.cli import main; main()", *words)
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, env={**os.environ, **more}, stdout=pipe)
        told, _ = await process.communicate()
        assert process.returncode == 0, told
        return told.decode()

    async def set_aside(self) -> str:
        """What every service has parked or given up, as the operator sees it; empty where there is nothing."""
        told = await self.parvis("parked")
        return "" if "nothing is set aside" in told else told

    def mongo(self, number: signal.Signals) -> None:
        """Freeze MongoDB, or let it go on."""
        server = next(one for one in self.engines.servers if one.engine.name == "mongo")
        recorded = pidfile.read(server.place.pidfile)
        assert recorded and recorded.alive
        os.kill(recorded.pid, number)


@pytest.fixture(scope="module")
def own_engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngines]:
    """They may be frozen."""
    with engines_apart(tmp_path_factory.mktemp("engines")) as engines:
        yield engines


@pytest.fixture(scope="module")
async def apart(own_engines: LocalEngines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Apart]:
    """Its ingest has a flaw, and only webhooks tell it what is said."""
    home = tmp_path_factory.mktemp("apart")
    fix = home / "fix"
    flawed = {"ingest": ("tests.flows.flawed_ingest", str(fix))}
    shift, at = random.randrange(1000, 20_000, 20), own_engines.addresses()
    async with running(at, home, env=QUICK, instead=flawed, shift=shift) as platform:
        await platform.simulator.fault("server_error", operation="list")
        yield Apart(platform, own_engines, fix)


async def test_poison_is_set_aside_alone_and_comes_back_after_the_fix(apart: Apart) -> None:
    """One comment that nobody can read stops no other; when ingest has learnt to, the operator brings it back."""
    brand = await found_brand(apart.platform)
    unreadable = await brand.hears("Bande de connards, abrutis finis ☂")
    others = [await brand.hears(f"Avez-vous encore du stock, numéro {n} ?") for n in range(5)]
    for said in others:
        await said.judged()
    told = await eventually(apart.set_aside, "the comment set aside")
    assert told.count(brand.brand_id) == 1
    assert all(word in told for word in ("ingest", "dead", "PayloadReceived", "an umbrella is not foreseen"))
    assert await unreadable.shown() is None

    apart.fix.touch()
    await restart(apart.platform, "ingest")
    mine = ("ingest", "--brand", brand.brand_id)
    assert "1 dead messages of ingest would come back" in await apart.parvis("replay", *mine)
    assert await unreadable.shown() is None
    assert "1 dead messages of ingest come back now" in await apart.parvis("replay", *mine, "--go")
    assert (await unreadable.judged())["verdict"]["outcome"] == "hide"
    await unreadable.until_hidden()
    assert await apart.set_aside() == ""


async def test_a_frozen_mongo_parks_nothing_and_loses_nothing(apart: Apart) -> None:
    """For twelve seconds no service can write: the network's calls are taken all the same, and all of it arrives."""
    brand = await found_brand(apart.platform)
    await (await brand.hears("Bonjour, êtes-vous là ?")).judged()
    simulator = apart.platform.simulator
    apart.mongo(signal.SIGSTOP)
    try:
        thaw = asyncio.create_task(asyncio.sleep(FROZEN))
        said = [await brand.hears(f"Petite question numéro {n}, livrez-vous ici ?") for n in range(COMMENTS)]

        async def all_taken() -> bool:
            return await simulator.unanswered() == 0

        await eventually(all_taken, "every webhook answered", within=FROZEN / 2)
        assert {name: await alive(apart.platform, name) for name in SERVICES} == dict.fromkeys(SERVICES, True)
        await thaw
    finally:
        apart.mongo(signal.SIGCONT)
    refused = [line for line in await simulator.ledger("webhook") if not 200 <= line["status"] < 300]
    assert refused == []
    for one in said:
        item = await one.judged()
        assert item["revision"] == 1
    assert await apart.set_aside() == ""
    restarts = {child.program.name: child.restarts for child in apart.platform.supervisor.children}
    assert restarts == {**dict.fromkeys(restarts, 0), "ingest": restarts["ingest"]}


async def restart(platform: Platform, service: str) -> None:
    """End a service in order; the supervisor starts it again."""
    before = platform.pid(service)
    assert before is not None
    os.kill(before, signal.SIGTERM)

    async def ready() -> bool:
        return platform.pid(service) not in (None, before) and await answers(platform, service, "readyz")

    await eventually(ready, f"{service} ready again", within=40)


async def alive(platform: Platform, service: str) -> bool:
    """Whether nobody would restart it."""
    return await answers(platform, service, "livez")


async def answers(platform: Platform, service: str, probe: str) -> bool:
    """Whether the service answers this probe with yes."""
    async with httpx.AsyncClient(base_url=platform.urls[service], trust_env=False, timeout=5) as http:
        try:
            return (await http.get(f"/{probe}")).is_success
        except httpx.TransportError:
            return False
