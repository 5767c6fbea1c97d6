"""The services as programs: which there are, each with its own port and slot, and how long until they are ready."""

import asyncio
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from parvis.child import Child
from parvis.engines import ports
from parvis.engines.engine import tail
from parvis.engines.local import Addresses
from parvis.errors import CommandFailed
from parvis.program import Program
from parvis.supervisor import Supervisor

# In order of dependence: the last takes in what is new, and is the first to be ended.
USUAL_PORTS = {
    "console": 8080,
    "crm": 8806,
    "campaigns": 8805,
    "insights": 8804,
    "publisher": 8803,
    "moderation": 8802,
    "ingest": 8801,
}
DEATHS_BEFORE_GIVING_UP = 3


def addresses_of_services(
    console_port: int | None = None, taken: frozenset[int] = frozenset(), shift: int = 0
) -> dict[str, str]:
    """A base URL for each service, on its usual port or, where that is taken, the next free one.

    A console's port that is asked for is not exchanged: it raises `CommandFailed` when it is taken. `shift` moves the
    usual ports, so that platforms started at the same moment do not choose the same.
    """
    chosen: dict[str, int] = {}
    for name, usual in USUAL_PORTS.items():
        fixed = console_port if name == "console" else None
        avoided = taken.union(chosen.values())
        chosen[name] = ports.choose(fixed or usual + shift, fixed=fixed is not None, taken=avoided)
    return {name: f"http://{ports.HOST}:{port}" for name, port in chosen.items()}


def service_programs(
    engines: Addresses,
    urls: Mapping[str, str],
    keys: Path,
    env: Mapping[str, Mapping[str, str]] | None = None,
    instead: Mapping[str, tuple[str, ...]] | None = None,
) -> list[Program]:
    """One program a service. `env` adds to one service's environment by its name, to every one's by `*`; `instead`
    names the module (and its arguments) that runs in a service's place."""
    more, other = env or {}, instead or {}
    shared = {
        "PARVIS_KAFKA": engines.kafka,
        "PARVIS_MONGO": engines.mongo,
        "PARVIS_KEYS_DIR": str(keys.resolve()),
        "PARVIS_HOST": ports.HOST,
        "PARVIS_INSTANCE": "0",
        "PYTHONDONTWRITEBYTECODE": "",  # compiled once: who is restarted should be back at once
        **{f"PARVIS_{name.upper()}_URL": url for name, url in urls.items()},
        **more.get("*", {}),
    }
    return [
        Program(
            name,
            (sys.executable, "-m", *other.get(name, (f"services.{name}.app",))),
            {**shared, "PARVIS_PORT": url.rpartition(":")[2], **more.get(name, {})},
            url,
        )
        for name, url in urls.items()
    ]


async def until_ready(supervisor: Supervisor, within: float = 60) -> None:
    """Return when every program with a URL answers its `/readyz`; fail with the log of one that keeps dying."""
    waiting = {child.program.name: child for child in supervisor.children if child.program.url}
    deadline = time.monotonic() + within
    async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
        while waiting:
            for name, child in list(waiting.items()):
                if child.restarts >= DEATHS_BEFORE_GIVING_UP:
                    raise CommandFailed(_epitaph(child, f"died {child.restarts} times"))
                if await _is_ready(client, child.program.url):
                    del waiting[name]
            if waiting and time.monotonic() > deadline:
                name, child = next(iter(waiting.items()))
                raise CommandFailed(_epitaph(child, f"is not ready after {within:.0f} s"))
            await asyncio.sleep(0.1)


async def _is_ready(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(f"{url}/readyz")).is_success
    except httpx.HTTPError:
        return False


def _epitaph(child: Child, what: str) -> str:
    return f"{child.program.name} {what}. The end of {child.log}:\n{tail(child.log)}"
