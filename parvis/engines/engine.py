"""One local engine: a server process that outlives the command that started it."""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an engine keeps its things, and the ports it was given (the clients' one first)."""

    folder: Path
    ports: tuple[int, ...]

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What this run has printed so far."""
        return self.folder / "server.log"

    @property
    def pidfile(self) -> Path:
        """Which process it is."""
        return self.folder / "server.pid"


class Engine(Protocol):
    """What the starter must know of an engine."""

    name: str
    default_ports: tuple[int, ...]

    def command(self, place: Place, say: Say) -> list[str]:
        """Prepare the data folder and give the command line."""

    def ready(self, place: Place) -> bool:
        """Whether clients can work with it now; takes what steps are left towards it."""

    def address(self, place: Place) -> str:
        """What clients are given."""

    def explain(self, log: str) -> str | None:
        """A known cause of death and its remedy, recognised in the log."""


# A shell that ends at once leaves the server to init, so that it is nobody's child and survives its starter.
DETACH = '"$@" >"$LOG" 2>&1 & echo $!'


def spawn(command: list[str], place: Place) -> int:
    """Start the server in its own session, which no Ctrl-C and no closed terminal reaches; gives its pid."""
    if place.log.exists():
        place.log.replace(place.log.with_suffix(".log.1"))
    started = subprocess.run(
        ["/bin/sh", "-c", DETACH, "engine", *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        cwd=place.folder,
        env={**os.environ, "LOG": str(place.log)},
        start_new_session=True,
        check=True,
    )
    return int(started.stdout)


def tail(path: Path, lines: int = 12) -> str:
    """The end of a log."""
    if not path.exists():
        return ""
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
