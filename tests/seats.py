"""Ports that only one test process has, and that no outgoing connection takes while their server is being restarted.

A port found free is anybody's again until its server listens, and whenever that server is dead for a moment. So a
test claims its ports by a locked file, kept until its process ends, below the range of outgoing connections.
"""

import fcntl
import os
import tempfile
from pathlib import Path

from parvis.engines import ports

SHIFTS = range(1000, 5701, 50)  # added to the usual ports of a platform and of its engines: the highest is 27017
PORTS = range(20_000, 27_000)


def shift() -> int:
    """How far a platform moves its usual ports, so that it meets no other."""
    return _claimed(SHIFTS)


def port() -> int:
    """A port for one server, to be started and started again."""
    one = _claimed(PORTS)
    while not ports.is_free(one):  # a stranger's server has it: it stays claimed, so that nobody asks again
        one = _claimed(PORTS)
    return one


def _claimed(pool: range) -> int:
    folder = Path(tempfile.gettempdir()) / f"parvis-test-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    for number in pool:
        held = os.open(folder / str(number), os.O_WRONLY | os.O_CREAT)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
        else:
            return number
    raise AssertionError(f"all of {pool} are claimed: do other test runs of this machine still go?")
