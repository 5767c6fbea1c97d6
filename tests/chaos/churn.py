"""Second replicas that join and leave: partitions change hands all the time."""

import asyncio
import signal
import time
from dataclasses import replace
from pathlib import Path

from parvis.engines import ports
from parvis.platform import Platform
from parvis.program import Program, spawn
from tests.chaos.plan import SERVICES, Plan

EVERY = 5.0  # seconds between two turns
APART = 200  # ports away from the first replicas'
LEAVES_WITHIN = 60.0


async def churn(platform: Platform, plan: Plan) -> None:
    """All join at once; then one after the other leaves in order, and joins again in the next round."""
    if not plan.churn:
        return
    programs = {name: _second(platform, name) for name in SERVICES}
    there: dict[str, asyncio.subprocess.Process] = {}
    until, turn = time.monotonic() + plan.churn, 0
    try:
        for name, program in programs.items():
            there[name] = await spawn(program, _log(platform, name))
        while time.monotonic() < until:
            await asyncio.sleep(EVERY)
            name = SERVICES[turn % len(SERVICES)]
            if name in there:
                await _leave(there.pop(name))
            else:
                there[name] = await spawn(programs[name], _log(platform, name))
            turn += 1
    finally:
        await asyncio.gather(*(_leave(process) for process in there.values()))


def _second(platform: Platform, name: str) -> Program:
    """The same program in the next slot, on a port of its own."""
    first = platform.supervisor.child(name).program
    port = ports.choose(int(first.url.rpartition(":")[2]) + APART, fixed=False)
    return replace(first, env={**first.env, "PARVIS_INSTANCE": "1", "PARVIS_PORT": str(port)})


def _log(platform: Platform, name: str) -> Path:
    return platform.home / "logs" / f"{name}-1.log"


async def _leave(process: asyncio.subprocess.Process) -> None:
    """As a rolling update ends one: told to, and given the time."""
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(LEAVES_WITHIN):
            await process.wait()
