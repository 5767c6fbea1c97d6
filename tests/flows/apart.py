"""A platform whose engines nobody else uses, with two publishers: what may be frozen, restarted and looked into."""

import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx

from parvis.engines import pidfile, ports
from parvis.engines.local import Addresses, LocalEngines
from parvis.platform import SIMULATOR_PORT, Platform
from parvis.program import Program
from tests.flows.conftest import QUICK
from tests.flows.town import eventually

NEAR = 20  # ports after the simulator's usual one that it may have found taken


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

    def engine(self, name: str, number: signal.Signals) -> None:
        """Freeze MongoDB or Kafka, or let it go on."""
        server = next(one for one in self.engines.servers if one.engine.name == name)
        recorded = pidfile.read(server.place.pidfile)
        assert recorded and recorded.alive
        os.kill(recorded.pid, number)


def second_publisher(at: Addresses, home: Path, shift: int) -> Program:
    """One more replica of publisher, beside that of the platform in `home`."""
    port = ports.choose(SIMULATOR_PORT + shift + NEAR, fixed=False)
    near = range(SIMULATOR_PORT + shift, SIMULATOR_PORT + shift + NEAR)
    env = {
        "PARVIS_KAFKA": at.kafka,
        "PARVIS_MONGO": at.mongo,
        "PARVIS_KEYS_DIR": str((home / "keys").resolve()),
        "PARVIS_HOST": ports.HOST,
        "PARVIS_PORT": str(port),
        "PARVIS_INSTANCE": "1",
        "PARVIS_EGRESS_ALLOW": ",".join(f"{ports.HOST}:{one}" for one in near),
        **QUICK["publisher"],
    }
    command = (sys.executable, "-m", "services.publisher.app")
    return Program("publisher-1", command, env, f"http://{ports.HOST}:{port}")


async def restart(platform: Platform, service: str, number: signal.Signals = signal.SIGTERM) -> None:
    """End a service, in order or by another signal; the supervisor starts it again."""
    before = platform.pid(service)
    assert before is not None
    os.kill(before, number)

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
