"""The `parvis` command as a person meets it."""

import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from parvis.child import Backoff
from parvis.cli import COMMANDS
from parvis.demo.folder import Folder
from parvis.engines.local import Addresses
from parvis.errors import CommandFailed
from parvis.keys import keys
from parvis.program import Program
from parvis.services import addresses_of_services, service_programs, until_ready
from parvis.settings import ToolSettings
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


def test_status_shows_no_password(tmp_path: Path) -> None:
    """An engine of somebody else's is named by its address alone."""
    mongo = "mongodb://parvis:s3same@db.example/?tlsCertificateKeyFilePassword=s3same"
    engines = {"PARVIS_MONGO": mongo, "PARVIS_KAFKA": "kafka.example:9092"}
    done = parvis("engines", "status", PARVIS_HOME=str(tmp_path), HOME=str(tmp_path), **engines)
    assert (done.returncode, "db.example" in done.stdout, "s3same" in done.stdout) == (0, True, False)


@pytest.mark.parametrize(
    ("words", "env", "said"),
    [
        (("keys", "FILE"), {}, "parvis: FILE: File exists"),
        (("brand", "export", "kerlann", "FILE", "--why", "x"), {}, "parvis: FILE: File exists"),
        (("simulator", "--port", "0", "--data", "FILE"), {}, "parvis: FILE: File exists"),
        (("engines", "status"), {"PARVIS_HOME": "FILE"}, "parvis: FILE/engines/kafka/ports.json: Not a directory"),
        (("engines", "start"), {"PARVIS_KAFKA_PORT": "99999"}, "parvis: PARVIS_KAFKA_PORT: Input should be less"),
        (("lag",), {"PARVIS_KAFKA": "x:nowhere,y:1"}, "parvis: PARVIS_KAFKA: Value error, it is written as host:port"),
        (("epoch", "show"), {"PARVIS_DATABASE_PREFIX": "a b"}, "parvis: PARVIS_DATABASE_PREFIX: String should match"),
        (("topics",), {"PARVIS_KAFKA": "ssl://x:1/nowhere"}, "parvis: /nowhere/ca.crt is not there"),
        (("parked",), {"PARVIS_MONGO": "mongodb://u:se@cret@x"}, "parvis: PARVIS_MONGO: Value error, a name"),
        (("engines", "status"), {"PARVIS_MONGO": "mongodb://u:se/cret@x"}, "parvis: PARVIS_MONGO: Value error, a name"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    words: tuple[str, ...], env: dict[str, str], said: str, tmp_path: Path
) -> None:
    """A file where a folder should be, a port that is none, an address that cannot be read: named, never a traceback,
    and no part of a password is repeated."""
    file = tmp_path / "file"
    file.touch()

    def here(text: str) -> str:
        return text.replace("FILE", str(file))

    home = {"PARVIS_HOME": str(tmp_path), "HOME": str(tmp_path)}
    done = parvis(*map(here, words), **{name: here(value) for name, value in (home | env).items()})
    assert done.returncode == 1
    assert here(said) in done.stderr
    assert "Traceback" not in done.stderr
    assert "cret" not in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("demo", "--port", "99999"),
        ("simulator", "--port", "99999"),
        ("topics", "create", "--partitions", "0"),
        ("parked", "--limit", "-1"),
        ("replay", "ingest", "--hours", "nan"),
        ("replay", "ingest", "--hours", "1e300"),
    ],
)
def test_a_number_that_is_none_of_those_possible_is_refused(words: tuple[str, ...], tmp_path: Path) -> None:
    """Before anything is asked or begun, with the option's name and exit code 2."""
    done = parvis(*words, PARVIS_HOME=str(tmp_path), HOME=str(tmp_path))
    assert done.returncode == 2
    assert f"Invalid value for '{words[-2]}'" in done.stderr


def test_engines_that_do_not_run_are_not_looked_for_at_their_ports(tmp_path: Path) -> None:
    """Another's Kafka or MongoDB may be there by now: no command reads or changes it for ours."""
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        for name in ("kafka", "mongo"):
            (tmp_path / "engines" / name).mkdir(parents=True)
            (tmp_path / "engines" / name / "ports.json").write_text(f"[{stranger.getsockname()[1]}, 1]")
        for words in (("topics",), ("parked",), ("epoch", "raise"), ("backup", str(tmp_path / "copy"))):
            done = parvis(*words, PARVIS_HOME=str(tmp_path), HOME=str(tmp_path))
            assert done.returncode == 1
            assert "runs here" in done.stderr
            assert "`parvis engines start`" in done.stderr
        stranger.setblocking(False)
        with pytest.raises(BlockingIOError):
            stranger.accept()


def test_a_table_in_a_pipe_is_whole(tmp_path: Path) -> None:
    """Who pipes it to `grep`, or runs it in a pod, reads whole names; 80 columns on no terminal cut nothing."""
    home = tmp_path / ("a-folder-whose-name-is-long-" * 3)
    for name in ("kafka", "mongo"):
        (home / "engines" / name).mkdir(parents=True)
        (home / "engines" / name / "server.pid").write_text('{"pid": 1, "birth": "never"}')
    done = parvis("engines", "status", PARVIS_HOME=str(home), HOME=str(tmp_path), COLUMNS="80")
    assert str(home / "engines" / "mongo" / "server.log") in done.stdout


def test_the_demo_s_console_is_asked_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its port may be another than the usual one; a key that is set opens the console that is set, or the usual one."""
    for name in ("PARVIS_CONSOLE_URL", "PARVIS_OPERATOR_KEY", "CONSOLE_OPERATOR_KEY"):
        monkeypatch.delenv(name, raising=False)
    demo = Folder(tmp_path / "demo")
    with demo.alone():
        assert ToolSettings(home=tmp_path).console() == "http://127.0.0.1:8080"
        demo.announce("http://127.0.0.1:8093")
        assert ToolSettings(home=tmp_path).console() == "http://127.0.0.1:8093"
        monkeypatch.setenv("PARVIS_OPERATOR_KEY", "of another")
        assert ToolSettings(home=tmp_path).console() == "http://127.0.0.1:8080"
        monkeypatch.setenv("PARVIS_CONSOLE_URL", "https://parvis.example.org")
        assert ToolSettings(home=tmp_path).console() == "https://parvis.example.org"


def test_a_name_is_asked_for_as_it_is_written(tmp_path: Path) -> None:
    """A mark or a slash in it leads to nobody else, and what the console refuses is told in its words."""
    asked: list[str] = []

    class Console(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()
            self.wfile.write(b'{"detail": "nobody of that name", "errors": [{"at": "body/why", "why": "too short"}]}')

        def log_message(self, *words: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Console) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{served.server_port}"
        words = ("person", "erase", "--brand", "../x", "--author", "Who? /#é", "--why", "asked")
        env = {"PARVIS_HOME": str(tmp_path), "PARVIS_CONSOLE_URL": url}
        assert "set PARVIS_OPERATOR_KEY" in parvis(*words, **env).stderr
        done = parvis(*words, **env, PARVIS_OPERATOR_KEY="k")
        served.shutdown()
    assert asked == ["/api/v1/brands/..%2Fx/people/Who%3F%20%2F%23%C3%A9"]
    assert f"{url} refuses: nobody of that name; why: too short (404)" in done.stderr


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
