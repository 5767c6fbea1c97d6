"""One command at a time."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from parvis.engines.engine import Say
from parvis.errors import CommandFailed

PATIENCE = 300.0


@contextmanager
def only_one(path: Path, say: Say) -> Iterator[None]:
    """Hold the lock of that file, waiting for another command that holds it; it goes with its holder's process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + PATIENCE
    with path.open("w") as held:
        waiting = False
        while not _try_lock(held.fileno()):
            if not waiting:
                say("waiting for another parvis command")
            waiting = True
            if time.monotonic() > deadline:
                raise CommandFailed(f"another parvis command holds {path} for {PATIENCE:.0f} s already")
            time.sleep(0.1)
        yield


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
