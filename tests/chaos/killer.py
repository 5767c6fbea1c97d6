"""Kills programs as a crash would, without a word of warning, and measures how long they are missed."""

import asyncio
import os
import signal
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import httpx

from parvis.engines import pidfile, ports
from parvis.engines.local import LocalEngines, quiet
from parvis.engines.server import Server
from parvis.platform import Platform
from tests.chaos.plan import ENGINES, QUIET, Kill, Plan

LOOK_EVERY = 0.1
GIVES_UP = 60.0
NOTHING_LEFT = 8.0  # seconds after which a service that lost all that waited for it is not missed any longer
BUSY = 0.3  # seconds after which a service that is back has taken in, and committed, much of what waited for it
DOWN = 1.0  # seconds that an engine stays dead before somebody starts it again
ENDED = ("handled", "passed_over")
AFTERMATH = 6.0  # seconds after an engine's return in which services are still finding their way back


@dataclass(slots=True)
class Death:
    """`recovered`: seconds until the service handled messages again, or the engine was back. `pid`: who died.

    `without`: the engine that was away meanwhile, so that the time is the engine's more than the service's. `frozen`:
    seconds that an engine was stopped instead of killed.
    """

    at: float
    victim: str
    pid: int
    recovered: float | None = None
    without: str = ""
    frozen: float = 0.0


class Killer:
    """Does what a plan says. `deaths` are in order. Without `engines` only services are killed."""

    def __init__(self, platform: Platform, engines: LocalEngines | None = None) -> None:
        self.deaths: list[Death] = []
        self._platform = platform
        self._servers = engines.servers if engines else ()
        self._away: list[tuple[str, float, float]] = []  # engine, from, until
        self._began = 0.0

    async def go(self, plan: Plan) -> None:
        """Returns when the last victim is back, or was missed for a minute."""
        self._began = time.monotonic()
        if plan.relentless:
            await asyncio.sleep(QUIET)
            for number in range(plan.kills):
                await self.service(plan.victims[number % len(plan.victims)], NOTHING_LEFT)
                await asyncio.sleep(BUSY)
        else:
            await self._follow(plan.all_kills())

    async def _follow(self, kills: list[Kill]) -> None:
        async with asyncio.TaskGroup() as tasks:
            for kill in kills:
                await asyncio.sleep(max(0.0, self._began + kill.at - time.monotonic()))
                tasks.create_task(self._engine(kill) if kill.victim in ENGINES else self.service(kill.victim))
        for death in self.deaths:
            death.without = death.without or self._missing(death)

    async def service(self, name: str, patience: float = GIVES_UP) -> Death:
        """Kill a service, and wait until its next process has handled a message."""
        pid = await self._killed(name)
        death, killed = self._died(name, pid), time.monotonic()
        async with httpx.AsyncClient(timeout=2, trust_env=False) as http:
            while time.monotonic() - killed < patience:
                await asyncio.sleep(LOOK_EVERY)
                if self._platform.pid(name) in (None, pid):
                    continue
                if await _handles(http, self._platform.urls[name]):
                    death.recovered = time.monotonic() - killed
                    break
        return death

    async def _killed(self, name: str) -> int:
        """The process of a service, killed as soon as there is one; one that died by itself just now was none."""
        while True:
            pid = self._platform.pid(name)
            if pid is not None:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    return pid
            await asyncio.sleep(LOOK_EVERY)

    async def _engine(self, kill: Kill) -> None:
        """Kill the engine by its own pid file; after a moment it is started again on the same data."""
        if kill.frozen:
            await self._freeze(kill)
            return
        server = next(one for one in self._servers if one.engine.name == kill.victim)
        recorded = pidfile.read(server.place.pidfile)
        assert recorded and recorded.alive, f"{kill.victim} does not run"
        address, killed = server.address, time.monotonic()
        death = self._died(kill.victim, recorded.pid)
        os.kill(recorded.pid, signal.SIGKILL)
        self._away.append((kill.victim, killed, killed + GIVES_UP))
        await asyncio.sleep(DOWN)
        await self._let_go(server.place.ports)
        await asyncio.to_thread(_start, server)
        assert server.address == address, f"{kill.victim} came back elsewhere"
        death.recovered = time.monotonic() - killed
        self._away[-1] = (kill.victim, killed, killed + death.recovered)

    async def _freeze(self, kill: Kill) -> None:
        """Stop the engine for a while: its connections stay, and nobody answers on them."""
        server = next(one for one in self._servers if one.engine.name == kill.victim)
        recorded = pidfile.read(server.place.pidfile)
        assert recorded and recorded.alive, f"{kill.victim} does not run"
        death, from_then = self._died(kill.victim, recorded.pid), time.monotonic()
        death.frozen = kill.frozen
        self._away.append((kill.victim, from_then, from_then + kill.frozen))
        os.kill(recorded.pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(kill.frozen)
        finally:
            os.kill(recorded.pid, signal.SIGCONT)
        death.recovered = time.monotonic() - from_then

    @staticmethod
    async def _let_go(held: tuple[int, ...]) -> None:
        """Until the kernel has taken the dead process's ports: its threads end one after the other."""
        while True:
            if all(ports.is_free(port) for port in held):
                return
            await asyncio.sleep(LOOK_EVERY)

    def _died(self, name: str, pid: int) -> Death:
        death = Death(round(time.monotonic() - self._began, 2), name, pid)
        self.deaths.append(death)
        return death

    def _missing(self, death: Death) -> str:
        """The engine that was away while this service came back."""
        came, went = self._began + death.at + (death.recovered or GIVES_UP), self._began + death.at
        for engine, start, end in self._away:
            if death.victim not in ENGINES and start < came and went < end + AFTERMATH:
                return engine
        return ""


def told(deaths: list[Death]) -> list[dict[str, Any]]:
    """For the report."""
    return [asdict(death) for death in deaths]


def slowest(deaths: list[Death]) -> float:
    """Seconds that the slowest service needed while both engines were there; infinite where one never came back."""
    own = [death for death in deaths if death.victim not in ENGINES and not death.without]
    return max((float("inf") if one.recovered is None else one.recovered for one in own), default=0.0)


def _start(server: Server) -> None:
    """This engine alone: the other one may die meanwhile."""
    server.begin(quiet)
    server.finish(quiet)


async def _handles(http: httpx.AsyncClient, url: str) -> bool:
    """Whether this process has handled a message, or seen that it need not; its counters began at nought."""
    try:
        answer = await http.get(f"{url}/metrics")
    except httpx.HTTPError:
        return False
    lines = (line for line in answer.text.splitlines() if line.startswith("bus_consumed_total{"))
    ended = (line for line in lines if any(f'outcome="{outcome}"' in line for outcome in ENDED))
    return any(float(line.rpartition(" ")[2]) > 0 for line in ended)
