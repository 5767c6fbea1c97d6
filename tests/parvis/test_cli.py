"""The `parvis` command as a person meets it."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from parvis.child import Backoff
from parvis.cli import COMMANDS
from parvis.engines.local import Addresses
from parvis.errors import CommandFailed
from parvis.keys import keys
from parvis.program import Program
from parvis.services import addresses_of_services, service_programs, until_ready
from parvis.supervisor import Supervisor


def parvis(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    command = [str(Path(sys.executable).with_name("parvis")), *words]
    return subprocess.run(
        command, capture_output=True, text=True, env={"PATH": "", "COLUMNS": "120", **env}, check=False
    )


def test_help_lists_every_command_with_what_it_does() -> None:
    """The first page names each command, and each has a sentence."""
    page = parvis("--help").stdout
    for name in (name for panel in COMMANDS.values() for name in panel):
        line = next(line for line in page.splitlines() if f" {name} " in line)
        assert len(line.split()) > 4, line


def test_a_failure_is_one_message(tmp_path: Path) -> None:
    """What a person can act on comes without a traceback, with exit code 1."""
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = str(stranger.getsockname()[1])
        done = parvis("engines", "start", PARVIS_HOME=str(tmp_path), PARVIS_KAFKA="x:1", PARVIS_MONGO_PORT=port)
    assert done.returncode == 1
    assert done.stderr.startswith(f"parvis: port {port} is taken")
    assert "Traceback" not in done.stderr


def test_status_of_nothing_says_so(tmp_path: Path) -> None:
    """A script can tell by the exit code that the engines do not run."""
    done = parvis("engines", "status", PARVIS_HOME=str(tmp_path), HOME=str(tmp_path))
    assert done.returncode == 3
    assert done.stdout.count("stopped") == 2


def test_keys_are_made_once(tmp_path: Path) -> None:
    """A second call replaces no key: what was sealed stays readable."""
    keys(tmp_path)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    keys(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == made
    assert {"platform.key", "platform.pub", "commands.key", "commands.pub"} <= set(made)


def test_each_service_gets_a_port_and_everybody_s_address(tmp_path: Path) -> None:
    """A service is a process of its own, told its port, its slot and where the others are."""
    urls = addresses_of_services()
    programs = service_programs(Addresses("k:1", "mongodb://m"), urls, tmp_path, {"ingest": {"INGEST_X": "1"}})
    ingest = next(program for program in programs if program.name == "ingest")
    assert ingest.command[1:] == ("-m", "services.ingest.app")
    assert ingest.env["PARVIS_PORT"] == urls["ingest"].rpartition(":")[2]
    assert ingest.env["PARVIS_MODERATION_URL"] == urls["moderation"]
    assert ingest.env["INGEST_X"] == "1"
    assert len({program.env["PARVIS_PORT"] for program in programs}) == len(programs)


async def test_a_service_that_keeps_dying_is_reported_with_its_log(tmp_path: Path) -> None:
    """Who waits for readiness is told what the dying process said last, instead of waiting to the end."""
    broken = Program("broken", (sys.executable, "-c", "raise SystemExit('no such setting')"), url="http://127.0.0.1:9")
    async with Supervisor([broken], tmp_path, Backoff(first=0.05, longest=0.05)) as supervisor:
        with pytest.raises(CommandFailed, match=r"(?s)broken died \d+ times.*no such setting"):
            await until_ready(supervisor)
