"""The programs behind the real networks: started in the background, found again, ended with all they started."""

import json
import os
import sys
from pathlib import Path

import psutil
import pytest

from parvis.engines import pidfile
from parvis.peers import debian
from parvis.peers.failures import PeerUnavailable
from parvis.peers.processes import Program, accepts, free_port, running, stop

SERVER = (
    "import socket, subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    "print(child.pid, flush=True)\n"
    "listening = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
    "time.sleep(60)\n"
)


def program(folder: Path, port: int) -> Program:
    """A server that has a worker of its own."""
    return Program("server", folder, [sys.executable, "-c", SERVER, str(port)], {})


def test_a_program_is_started_once_and_ended_with_its_workers(tmp_path: Path) -> None:
    """A second start finds the first; ending it leaves no worker behind, and ending it again is no harm."""
    port = free_port(18_600)
    server = program(tmp_path, port)
    server.start()
    server.wait_until(lambda: accepts(port), 20)
    worker = int(server.log.read_text())
    server.start()
    assert running(tmp_path, "server")
    assert int(server.log.read_text()) == worker
    for _ in range(2):
        stop(tmp_path, "server")
    assert not running(tmp_path, "server")
    assert pidfile.birth_of(worker) is None
    assert not accepts(port)


def test_a_number_that_another_program_has_now_is_left_alone(tmp_path: Path) -> None:
    """After a crash the noted number may belong to anyone: it counts only with the time of birth."""
    (tmp_path / "server.pid").write_text(json.dumps({"pid": os.getpid(), "birth": "another boot:1"}))
    assert not running(tmp_path, "server")
    stop(tmp_path, "server")
    assert psutil.pid_exists(os.getpid())


def test_a_program_that_dies_says_why(tmp_path: Path) -> None:
    """The end of its log is in the message."""
    server = Program("server", tmp_path, [sys.executable, "-c", "raise SystemExit('no room on the disk')"], {})
    server.start()
    with pytest.raises(PeerUnavailable, match="no room on the disk"):
        server.wait_until(lambda: False, 20)


def test_a_taken_port_is_replaced(tmp_path: Path) -> None:
    """Another program on the wished port is no reason to fail."""
    port = free_port(18_600)
    server = program(tmp_path, port)
    server.start()
    server.wait_until(lambda: accepts(port), 20)
    assert free_port(port) != port
    stop(tmp_path, "server")


def test_who_may_not_install_is_told_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only root can add Debian packages; where nothing is missing nobody has to be root."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(PeerUnavailable, match=r"sudo apt-get install .* no-such-package|is not Debian"):
        debian.install({"no-such-package": "/no/such/file", "there": "/usr"})
    debian.install({"anything": "/usr/*"})
