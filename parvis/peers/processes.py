"""Background programs with a pid file each: they outlive who started them, and end with all they started."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from parvis.engines import pidfile, ports
from parvis.peers.failures import PeerUnavailable

ENDS_WITHIN = 10.0
# The shell ends at once and leaves the program to init: nobody has to wait for it.
DETACHED = '"$@" >"$PEER_LOG" 2>&1 & echo $!'


@dataclass(frozen=True, slots=True)
class Program:
    """One background program: its name (for files), what to run, where, with which extra environment."""

    name: str
    folder: Path
    argv: Sequence[str]
    env: Mapping[str, str]

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    def start(self) -> None:
        """Start it, unless the one of the pid file still runs."""
        if running(self.folder, self.name):
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        started = subprocess.run(
            ["/bin/sh", "-c", DETACHED, self.name, *self.argv],
            cwd=self.folder,
            env={**os.environ, **self.env, "PEER_LOG": str(self.log)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=True,
            check=True,
        )
        pidfile.write(_pid_file(self.folder, self.name), int(started.stdout))

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Return once `ready`; raise with the log's end when it dies or takes too long."""
        deadline = time.monotonic() + seconds
        while not ready():
            alive = running(self.folder, self.name)
            if not alive or time.monotonic() > deadline:
                state = "takes too long" if alive else "ended"
                raise PeerUnavailable(f"{self.name} {state}; the end of {self.log}:\n{self._log_end()}")
            time.sleep(0.2)

    def _log_end(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-15:])


def _pid_file(folder: Path, name: str) -> Path:
    return folder / f"{name}.pid"


def running(folder: Path, name: str) -> bool:
    """Whether the program of this pid file runs."""
    recorded = pidfile.read(_pid_file(folder, name))
    return recorded is not None and recorded.alive


def stop(folder: Path, name: str) -> None:
    """End the program and all it started (`php -S` would leave its workers); nothing if it does not run."""
    recorded = pidfile.read(_pid_file(folder, name))
    if recorded is not None and recorded.alive:
        _end_family(recorded.process)
    _pid_file(folder, name).unlink(missing_ok=True)


def _end_family(process: psutil.Process) -> None:
    family = [process, *process.children(recursive=True)]
    for sign in (signal.SIGTERM, signal.SIGKILL):
        for member in _living(family):
            with suppress(psutil.NoSuchProcess):
                member.send_signal(sign)
        deadline = time.monotonic() + ENDS_WITHIN
        while _living(family) and time.monotonic() < deadline:
            time.sleep(0.05)


def _living(family: Sequence[psutil.Process]) -> list[psutil.Process]:
    return [one for one in family if one.is_running() and pidfile.birth_of(one.pid) is not None]


def free_port(wanted: int) -> int:
    """`wanted` when nobody listens there, else the next free one."""
    return ports.choose(wanted, fixed=False)


def accepts(port: int) -> bool:
    """Whether something listens on 127.0.0.1:port."""
    return ports.answers(ports.HOST, port)
