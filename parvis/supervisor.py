"""Runs programs, each in its own process: one that dies is restarted alone, all are ended in order."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import structlog

from parvis.child import Backoff, Child
from parvis.engines.pidfile import Recorded, birth_of
from parvis.errors import CommandFailed
from parvis.program import Program, end_group

log = structlog.get_logger(__name__)
STOP_WITHIN = 28.0
TURN = 5.0


class Supervisor:
    """`async with Supervisor(programs, home)`: they run inside the block. Listed in order of dependence: first the
    depended upon; all start at once and are ended last to first.

    Writes `supervisor.json` under the home (what runs, since when, how often restarted) and `logs/<name>.log`.
    """

    def __init__(self, programs: Sequence[Program], home: Path, backoff: Backoff | None = None) -> None:
        self._status = home.resolve() / "supervisor.json"
        self._children = [
            Child(program, home.resolve() / "logs" / f"{program.name}.log", backoff or Backoff(), self._note)
            for program in programs
        ]
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._status.parent.mkdir(parents=True, exist_ok=True)
        self._clean_up_crashed()
        for child in self._children:
            if child.log.exists():
                child.log.replace(child.log.with_suffix(".log.1"))
        self._tasks = [asyncio.create_task(child.keep_running()) for child in self._children]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        """End all, last to first: each has a turn alone and may then go on draining; after 28 s the rest is killed."""
        deadline = time.monotonic() + STOP_WITHIN
        for child in reversed(self._children):
            await child.end(min(TURN, max(0.0, deadline - time.monotonic())))
        for child in self._children:
            if not await child.end(max(0.0, deadline - time.monotonic())):
                child.kill()
        await asyncio.gather(*self._tasks)
        self._status.unlink(missing_ok=True)

    def child(self, name: str) -> Child:
        """The supervised program of that name."""
        return next(child for child in self._children if child.program.name == name)

    @property
    def children(self) -> tuple[Child, ...]:
        """All that is supervised."""
        return tuple(self._children)

    def _note(self) -> None:
        """Write the status file whole, so that a reader never sees half of one. A full disk ends no supervision."""
        told: dict[str, Any] = {"pid": os.getpid(), "birth": birth_of(os.getpid())}
        told["programs"] = [child.described() for child in self._children]
        draft = self._status.with_suffix(".draft")
        try:
            draft.write_text(json.dumps(told, indent=1))
            draft.replace(self._status)
        except OSError as error:
            log.warning("status_not_written", file=str(self._status), why=str(error))

    def _clean_up_crashed(self) -> None:
        """Refuse while another supervisor runs here; end what a killed one has left behind."""
        earlier = read_status(self._status.parent)
        if earlier is None:
            return
        if Recorded(earlier["pid"], earlier["birth"]).alive:
            raise CommandFailed(f"Parvis runs here already (pid {earlier['pid']}); stop that first")
        for left in earlier["programs"]:
            if left["pid"] and Recorded(left["pid"], left["birth"]).alive:
                end_group(left["pid"], signal.SIGKILL)


def read_status(home: Path) -> dict[str, Any] | None:
    """What the supervisor of that home last wrote; None when none runs (or it was ended properly)."""
    try:
        told: dict[str, Any] = json.loads((home / "supervisor.json").read_text())
    except (FileNotFoundError, ValueError):
        return None
    return told


async def until_told_to_stop() -> None:
    """Return at the first Ctrl-C or SIGTERM; further ones, while stopping, change nothing."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    await told.wait()
