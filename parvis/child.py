"""One supervised program: restarted when it dies, ended when told to."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from parvis.engines.pidfile import birth_of
from parvis.program import Program, end_group, spawn

log = structlog.get_logger(__name__)
GIVES_WAY = 10  # added to the nice value: a ninth of a newcomer's share, where both want the processor


@dataclass(frozen=True, slots=True)
class Backoff:
    """Seconds before a restart: `first` after a life of `healthy` seconds, four times that with each shorter life.

    From then on a program gives way to those that are being started: on a busy machine one that died would be missed
    for twice as long otherwise.
    """

    first: float = 0.1
    longest: float = 10.0
    healthy: float = 5.0

    def delay(self, short_lives: int) -> float:
        """How long to wait after that many short lives in a row."""
        return min(self.longest, self.first * 4.0**short_lives)


class Child:
    """Keeps one program running. `state` is `starting`, `running`, `waiting` (to restart), `stopping` or `stopped`."""

    def __init__(self, program: Program, log: Path, backoff: Backoff, changed: Callable[[], None]) -> None:
        self.program = program
        self.log = log
        self.state = "starting"
        self.pid: int | None = None
        self.restarts = 0
        self.last_exit: int | None = None
        self.since = time.time()
        self._backoff = backoff
        self._changed = changed
        self._told_to_end = asyncio.Event()
        self._ended = asyncio.Event()

    async def keep_running(self) -> None:
        """Run the program, again and again, until `end` is called."""
        short_lives = 0
        try:
            while not self._told_to_end.is_set():
                lived = await self._live()
                if self._told_to_end.is_set():
                    return
                self.restarts += 1
                short_lives = 0 if lived >= self._backoff.healthy else short_lives + 1
                self._become("waiting")
                await self._pause(self._backoff.delay(short_lives))
        finally:
            self._become("stopped")
            self._ended.set()

    async def end(self, patience: float) -> bool:
        """Ask it to end; whether it has within that many seconds. Asking again is harmless."""
        if not self._told_to_end.is_set():
            self._told_to_end.set()
            if self.pid is not None:
                self._become("stopping")
                end_group(self.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(self._ended.wait(), patience)
        except TimeoutError:
            return False
        return True

    def kill(self) -> None:
        """End it and all that it started, at once."""
        if self.pid is not None:
            end_group(self.pid, signal.SIGKILL)

    def described(self) -> dict[str, Any]:
        """For the status file."""
        return {
            "name": self.program.name,
            "state": self.state,
            "pid": self.pid,
            "birth": birth_of(self.pid) if self.pid else None,
            "since": self.since,
            "restarts": self.restarts,
            "last_exit": self.last_exit,
            "url": self.program.url,
            "log": str(self.log),
        }

    async def _live(self) -> float:
        """One life of the program; gives its length in seconds: none where it could not be started. Nothing that it
        started outlives it."""
        born = time.monotonic()
        try:
            process = await spawn(self.program, self.log)
        except OSError as error:  # no process or file left on the machine: there will be one again
            log.warning("not_started", program=self.program.name, why=str(error))
            return 0.0
        self.pid = process.pid
        self._become("running")
        if self._told_to_end.is_set():  # told between two lives
            end_group(process.pid, signal.SIGTERM)
        giving_way = asyncio.get_running_loop().call_later(self._backoff.healthy, _give_way, process.pid)
        self.last_exit = await process.wait()
        giving_way.cancel()
        end_group(process.pid, signal.SIGKILL)
        self.pid = None
        return time.monotonic() - born

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._told_to_end.wait(), seconds)
        except TimeoutError:
            return

    def _become(self, state: str) -> None:
        self.state = state
        self.since = time.time()
        self._changed()


def _give_way(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.setpriority(os.PRIO_PGRP, group, os.getpriority(os.PRIO_PROCESS, 0) + GIVES_WAY)
