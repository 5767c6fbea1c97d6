"""The supervisor with real processes: one dies alone, all end in order, none is left behind."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from parvis.child import GIVES_WAY, Backoff
from parvis.engines.pidfile import birth_of
from parvis.errors import CommandFailed
from parvis.program import Program, spawn
from parvis.supervisor import Supervisor, read_status
from tests.parvis.three_programs import PARENT

NAMES = ("first", "second", "parent")


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A supervisor of three programs, in a process of its own, all up."""
    with subprocess.Popen([sys.executable, "-m", "tests.parvis.three_programs", str(tmp_path)]) as process:
        eventually(lambda: set(pids(tmp_path)) == set(NAMES) and len(alive_under(tmp_path)) == 4)
        eventually(lambda: all((tmp_path / f"{name}.ready").exists() for name in ("first", "second")))
        yield process
        process.kill()
    for pid in alive_under(tmp_path):
        os.kill(pid, signal.SIGKILL)


def test_only_the_killed_one_is_restarted(supervised: subprocess.Popen[bytes], tmp_path: Path) -> None:
    """`kill -9` of one gives that one a new process; the two others keep theirs."""
    before = pids(tmp_path)
    os.kill(before["second"], signal.SIGKILL)

    eventually(lambda: pids(tmp_path).get("second") not in (None, before["second"]))

    after = pids(tmp_path)
    assert {name for name in NAMES if before[name] != after[name]} == {"second"}
    assert program(tmp_path, "second")["restarts"] == 1
    assert program(tmp_path, "second")["last_exit"] == -signal.SIGKILL


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_told_to_stop_all_end_in_order(
    supervised: subprocess.Popen[bytes], tmp_path: Path, how: signal.Signals
) -> None:
    """Ctrl-C and SIGTERM end the last listed first, leave no process, and exit 0."""
    supervised.send_signal(how)

    assert supervised.wait(20) == 0
    assert alive_under(tmp_path) == []
    assert float((tmp_path / "second.ended").read_text()) < float((tmp_path / "first.ended").read_text())
    assert read_status(tmp_path) is None


def test_a_killed_supervisor_takes_all_with_it(supervised: subprocess.Popen[bytes], tmp_path: Path) -> None:
    """After `kill -9` of the supervisor the kernel ends its programs, each of which may still end properly."""
    polite = [pids(tmp_path)["first"], pids(tmp_path)["second"]]
    supervised.kill()
    supervised.wait()

    eventually(lambda: not any(psutil.pid_exists(pid) for pid in polite))
    assert (tmp_path / "first.ended").exists()


async def test_leftovers_of_a_killed_supervisor_are_ended(tmp_path: Path) -> None:
    """A program that a killed supervisor left hanging is ended at the next start, with all that it started."""
    with subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path / "parent")], process_group=0) as left:
        eventually(lambda: len(alive_under(tmp_path)) == 2)
        status = {"pid": 1, "birth": "long ago", "programs": [{"pid": left.pid, "birth": birth_of(left.pid)}]}
        (tmp_path / "supervisor.json").write_text(json.dumps(status))

        async with Supervisor([], tmp_path):
            eventually(lambda: alive_under(tmp_path) == [])


async def test_two_supervisors_do_not_share_a_home(supervised: subprocess.Popen[bytes], tmp_path: Path) -> None:
    """The second is refused with the first one's pid."""
    with pytest.raises(CommandFailed, match=f"runs here already .pid {supervised.pid}."):
        async with Supervisor([], tmp_path):
            pass


def test_a_program_that_cannot_live_is_restarted_ever_less_often() -> None:
    """Short lives lengthen the pause up to a bound; one long life makes the next restart quick again."""
    backoff = Backoff(first=0.1, longest=10)
    pauses = [backoff.delay(short_lives) for short_lives in range(6)]
    assert pauses[0] == 0.1
    assert pauses == sorted(pauses)
    assert pauses[-1] == 10


async def test_who_has_lived_for_a_while_gives_way_to_who_is_being_started(tmp_path: Path) -> None:
    """A new program is as eager as its supervisor; once it is healthy it leaves the processors to newer ones first."""
    eager = os.getpriority(os.PRIO_PROCESS, 0)
    sleeper = Program("sleeper", (sys.executable, "-c", "import time; time.sleep(600)"))

    async with Supervisor([sleeper], tmp_path, Backoff(healthy=3)) as supervisor:
        await until(lambda: supervisor.child("sleeper").pid is not None)
        process = psutil.Process(supervisor.child("sleeper").pid)
        assert process.nice() == eager
        await until(lambda: process.nice() == min(19, eager + GIVES_WAY))


async def test_a_machine_that_has_no_process_left_for_a_moment_ends_no_supervision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be started is tried again, like what died at once."""
    refused: list[str] = []

    async def crowded(program: Program, log: Path) -> asyncio.subprocess.Process:
        if not refused:
            refused.append(program.name)
            raise BlockingIOError(11, "Resource temporarily unavailable")
        return await spawn(program, log)

    monkeypatch.setattr("parvis.child.spawn", crowded)
    sleeper = Program("sleeper", (sys.executable, "-c", "import time; time.sleep(600)"))
    async with Supervisor([sleeper], tmp_path, Backoff(first=0.05, longest=0.05)) as supervisor:
        await until(lambda: supervisor.child("sleeper").state == "running")
    assert refused == ["sleeper"]


async def test_a_full_disk_ends_no_supervision(tmp_path: Path) -> None:
    """The status file cannot be written: programs are restarted and ended all the same."""
    home = tmp_path / "home"
    (home / "supervisor.draft" / "taken").mkdir(parents=True)
    sleeper = Program("sleeper", (sys.executable, "-c", "import time; time.sleep(600)"))
    async with Supervisor([sleeper], home, Backoff(first=0.05, longest=0.05)) as supervisor:
        await until(lambda: supervisor.child("sleeper").pid is not None)
        first = supervisor.child("sleeper").pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await until(lambda: supervisor.child("sleeper").pid not in (None, first))
        again = supervisor.child("sleeper").pid
    assert again is not None
    assert not psutil.pid_exists(again)


async def test_output_is_kept_per_program(tmp_path: Path) -> None:
    """What a program prints is in its own log, that of the earlier run beside it."""
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "talker.log").write_text("earlier")
    talker = Program("talker", (sys.executable, "-c", "import os; print(os.environ['WORD'])"), {"WORD": "hello"})

    async with Supervisor([talker], tmp_path, Backoff(first=60)):
        log = tmp_path / "logs" / "talker.log"
        await until(lambda: log.exists() and "hello" in log.read_text())
    assert (tmp_path / "logs" / "talker.log.1").read_text() == "earlier"


def program(home: Path, name: str) -> dict[str, Any]:
    """What the status file says of one program."""
    status = read_status(home) or {"programs": []}
    found: dict[str, Any] = next((told for told in status["programs"] if told["name"] == name), {})
    return found


def pids(home: Path) -> dict[str, int]:
    """The pid of each program that has one now."""
    return {name: program(home, name)["pid"] for name in NAMES if program(home, name).get("pid")}


def alive_under(home: Path) -> list[int]:
    """Processes started for this home, but for the supervisor itself."""
    return [
        process.pid
        for process in psutil.process_iter(["cmdline", "status"])
        if any(str(home / name) in " ".join(process.info["cmdline"] or []) for name in NAMES)
        and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


def eventually(condition: Callable[[], bool], within: float = 30) -> None:
    """Wait for it."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.05)


async def until(condition: Callable[[], bool], within: float = 30) -> None:
    """Wait for it while this process goes on with its own work."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        await asyncio.sleep(0.05)
