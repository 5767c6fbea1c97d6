"""The terminal's Ctrl-C for the demo alone: under `make` it would reach make too, which then fails."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def own_terminal() -> Iterator[None]:
    """In front of the terminal with a process group of its own, where another program's group holds it now."""
    try:
        terminal = sys.stdin.fileno()
        front = os.tcgetpgrp(terminal)
    except (OSError, ValueError):
        front = -1
    if os.getpgrp() in (os.getpid(), 0) or front != os.getpgrp():
        yield
        return
    # Set aside, because taking the terminal from the background would stop us; so would Ctrl-Z, with nobody to wake us.
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGTTOU, signal.SIGTSTP)}
    os.setpgid(0, 0)
    os.tcsetpgrp(terminal, os.getpgrp())
    try:
        yield
    finally:
        os.tcsetpgrp(terminal, front)
        for number, handler in before.items():
            signal.signal(number, handler)
