"""What the demo shows while it works, and whose Ctrl-C it is."""

import io
import os
import pty
import select
import signal
import sys
import time

import pytest
from rich.console import Console

from parvis.demo.steps import Steps

UNDER_MAKE = """
import time
from parvis.demo.terminal import own_terminal
with own_terminal():
    try:
        print("up", flush=True)
        for _ in range(600):
            time.sleep(0.1)  # in short naps: a signal that comes just before one is seen after it
    except KeyboardInterrupt:
        print("ended in order", flush=True)
"""


def test_a_step_is_ticked_with_its_last_word_and_a_failed_one_is_crossed() -> None:
    """In a log as well, where nothing turns."""
    screen = Console(file=io.StringIO(), width=80)
    steps = Steps(screen, clock=lambda: 0.0)
    with steps.step("people talk") as tell:
        tell("1 of 2")
        tell("2 of 2")
    with pytest.raises(RuntimeError), steps.step("they are judged"):
        raise RuntimeError
    told = screen.file.getvalue()  # type: ignore[attr-defined]
    assert "✓ people talk: 2 of 2" in told
    assert "✗ they are judged" in told
    assert "1 of 2" not in told


def test_ctrl_c_reaches_the_demo_and_not_what_started_it() -> None:
    """Under a shell or make, which would fail of it, the demo ends in order and they go on."""
    command = f"{sys.executable} -c '{UNDER_MAKE}'; echo and then $?"
    pid, terminal = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # what runs in the background ignores it, and hands that down
        os.execvp("sh", ["sh", "-c", command])
    try:
        assert "up" in _read(terminal, "up")
        os.write(terminal, b"\x03")
        told = _read(terminal, "and then")
    finally:
        os.close(terminal)
        os.waitpid(pid, 0)
    assert "ended in order" in told
    assert "and then 0" in told


def _read(terminal: int, awaited: str, within: float = 30) -> str:
    told, deadline = "", time.monotonic() + within
    while awaited not in told and time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                told += os.read(terminal, 4096).decode(errors="replace")
            except OSError:  # the other side is gone
                break
    return told
