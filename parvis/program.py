"""A program that the supervisor runs, and how its process is started."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Program:
    """One program: a unique name, its command line, what it adds to the environment, where it answers (if it does)."""

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    url: str = ""


async def spawn(program: Program, log: Path) -> asyncio.subprocess.Process:
    """Start the program in a process group of its own, its output appended to the log.

    The kernel ends it with SIGTERM when this process dies, however it dies (on Linux), and may say so once for each
    thread that it has. Call from the main thread: the kernel watches the thread that started it.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            *program.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **program.env},
            process_group=0,
            preexec_fn=_tie_to(os.getpid()),
        )


def _tie_to(parent: int) -> Callable[[], None] | None:
    """What the new process does before it becomes the program."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def tie() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the tie was made
            os._exit(1)

    return tie


def end_group(pid: int, how: signal.Signals) -> None:
    """Signal the process and all that it started, if any of them is left."""
    try:
        os.killpg(pid, how)
    except (ProcessLookupError, PermissionError):
        return
