"""The demo's folder: what it keeps between runs, and that only one runs at a time."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from parvis.engines.local import LocalEngines
from parvis.errors import CommandFailed


@dataclass(frozen=True, slots=True)
class Folder:
    """`.parvis/demo`."""

    path: Path

    @property
    def login(self) -> Path:
        """Who may sign in, with their passwords."""
        return self.path / "login"

    @property
    def summary(self) -> Path:
        """What came out of the last story."""
        return self.path / "summary.json"

    @property
    def _lock(self) -> Path:
        return self.path / "running"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """For one demo at a time; the second fails and says where the first is."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._lock.open("a+") as held:
            try:
                fcntl.flock(held.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CommandFailed(_who(self._lock.read_text())) from None
            self.announce("")
            yield
            self._lock.write_text("")

    def announce(self, address: str) -> None:
        """Tell whoever comes second who runs here, and where its console is."""
        self._lock.write_text(json.dumps({"pid": os.getpid(), "console": address}))

    def forget(self) -> None:
        """Everything of earlier runs except the lock, which is held."""
        for kept in self.path.iterdir():
            if kept == self._lock:
                continue
            if kept.is_dir():
                shutil.rmtree(kept)
            else:
                kept.unlink()


def _who(told: str) -> str:
    try:
        first = json.loads(told)
    except ValueError:
        first = {}
    pid = f" (pid {first['pid']})" if first.get("pid") else ""
    where = f": {first['console']}" if first.get("console") else ", still starting"
    return f"the demo runs here already{pid}{where}; end it with Ctrl-C in its own terminal first"


def reset(folder: Folder, engines: LocalEngines) -> None:
    """Start afresh: the demo's folder and the local engines' data go. Engines of others are never emptied."""
    away = [name for name, address in engines.external.items() if address]
    if away:
        names = " and ".join(f"PARVIS_{name.upper()}" for name in away)
        raise CommandFailed(f"--reset empties local engines only, and {names} name others; empty those yourself")
    engines.stop()
    for server in engines.servers:
        shutil.rmtree(server.folder, ignore_errors=True)
    folder.forget()
