"""The local engines survive what happens to a developer's machine."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import psutil
import pytest
from pymongo import MongoClient

from parvis.engines import jars, local, pidfile
from parvis.engines.local import LocalEngines
from parvis.errors import CommandFailed
from parvis.settings import ToolSettings

Only = Callable[..., LocalEngines]


def test_a_killed_mongod_comes_back_with_its_data(own_engines: Only) -> None:
    """After `kill -9` the next start says what it found, and majority-written data is there."""
    engines = own_engines("mongo")
    engines.start()
    _write(engines, "kept")
    killed = _kill(engines)
    assert engines.standings()[-1].state == "crashed"

    said: list[str] = []
    engines.start(said.append)

    assert any("never stopped" in line for line in said)
    assert engines.standings()[-1].pid not in (None, killed)
    assert _read(engines) == "kept"


def test_a_killed_kafka_comes_back(own_engines: Only) -> None:
    """The broker recovers its log on the port it had, with the classes that the first start here has read."""
    engines = own_engines("kafka")
    before = engines.start().kafka
    _kill(engines)

    assert engines.start().kafka == before
    standing = engines.standings()[-1]
    assert standing.state == "running"
    assert [one.path for one in psutil.Process(standing.pid).memory_maps() if one.path.endswith(".aot")]


def test_a_taken_port_is_left_to_its_owner(own_engines: Only) -> None:
    """A stranger on the usual port costs another port, which is remembered with the data."""
    engines = own_engines("mongo")
    port = engines.servers[0].engine.default_ports[0]
    with socket.create_server(("127.0.0.1", port)):
        assert f":{port + 1}/" in engines.start().mongo
        _write(engines, "moved")
    engines.stop()

    assert f":{port + 1}/" in engines.start().mongo
    assert _read(engines) == "moved"


def test_data_follows_to_another_port(own_engines: Only) -> None:
    """A replica set whose own port was lost to a stranger is reconfigured, not started afresh."""
    engines = own_engines("mongo")
    engines.start()
    _write(engines, "followed")
    engines.stop()
    usual = engines.servers[0].engine.default_ports[0]
    with HTTPServer(("127.0.0.1", usual), BaseHTTPRequestHandler) as stranger:
        Thread(target=stranger.serve_forever, daemon=True).start()
        engines.start()
        stranger.shutdown()
    assert _read(engines) == "followed"


def test_a_chosen_port_is_never_exchanged(own_engines: Only) -> None:
    """Who set the port is told who holds it."""
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        with pytest.raises(CommandFailed, match=f"port {port} is taken by .*pid {os.getpid()}"):
            own_engines("mongo", mongo_port=port).start()


def test_a_reused_pid_is_never_killed(own_engines: Only) -> None:
    """The pid file of a dead engine may name somebody else's process by now; stop leaves that one alone."""
    engines = own_engines("mongo")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as bystander:
        place = engines.servers[0].place
        place.folder.mkdir(parents=True)
        pidfile.write(place.pidfile, bystander.pid)
        record = place.pidfile.read_text()
        place.pidfile.write_text(record.replace('"birth": "', '"birth": "earlier '))

        engines.stop()

        assert bystander.poll() is None
        bystander.communicate(b"\n")


def test_starters_at_the_same_time_start_one(own_engines: Only) -> None:
    """Two commands at once end with the same running engine."""
    both = (own_engines("mongo"), own_engines("mongo"))
    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(lambda engines: engines.start().mongo, both))) == 1
    assert both[0].standings()[-1].pid == both[1].standings()[-1].pid


def test_an_engine_that_dies_shows_the_end_of_its_log(own_engines: Only) -> None:
    """Data that mongod refuses is reported with mongod's own words, and nothing is left running."""
    engines = own_engines("mongo")
    data = engines.servers[0].place.data
    data.mkdir(parents=True)
    (data / "WiredTiger").write_text("not a storage engine's file")
    (data / "WiredTiger.turtle").write_text("nor this")

    with pytest.raises(CommandFailed, match=r"(?s)mongo did not start.*WiredTiger"):
        engines.start()
    assert engines.standings()[-1].state == "stopped"


def test_a_missing_library_names_its_package(own_engines: Only) -> None:
    """The loader's complaint is turned into what to install."""
    said = "mongod: error while loading shared libraries: libcurl.so.4: cannot open shared object file"
    remedy = own_engines("mongo").servers[0].engine.explain(said)
    assert remedy is not None
    assert "apt-get install libcurl4" in remedy


def test_a_first_start_without_network_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the jars cannot be had the message names the host and the way around."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with pytest.raises(CommandFailed, match=r"needs the network.*PARVIS_KAFKA"):
        jars.classpath(tmp_path, print)


def test_a_jar_that_was_changed_is_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that differs from its locked SHA-256 is fetched anew; where that fails nothing is started with it."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    changed = tmp_path / "org/apache/kafka/kafka_2.13/4.3.0/kafka_2.13-4.3.0.jar"
    changed.parent.mkdir(parents=True)
    changed.write_bytes(b"not what was locked")
    with pytest.raises(CommandFailed):
        jars.classpath(tmp_path, print)
    assert not changed.exists()


def test_a_full_disk_is_noticed_before_anything_starts(own_engines: Only, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too little room is said with how much is left; no engine is begun."""
    monkeypatch.setattr(local, "DISK_NEEDED", 1 << 60)
    engines = own_engines("mongo")
    with pytest.raises(CommandFailed, match=r"the disk is full: \d+ MB left"):
        engines.start()
    assert engines.standings()[-1].state == "stopped"


def test_existing_engines_are_used_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With both addresses given nothing is started, and no folder is made."""
    monkeypatch.setenv("PARVIS_KAFKA", "broker:9092")
    monkeypatch.setenv("PARVIS_MONGO", "mongodb://db/?replicaSet=rs")
    addresses = LocalEngines(ToolSettings(home=tmp_path)).start()
    assert (addresses.kafka, addresses.mongo) == ("broker:9092", "mongodb://db/?replicaSet=rs")
    assert list(tmp_path.iterdir()) == []


def _kill(engines: LocalEngines) -> int:
    pid = engines.standings()[-1].pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=5)
    return pid


def _write(engines: LocalEngines, word: str) -> None:
    with MongoClient(engines.addresses().mongo, w="majority") as client:
        client.notes.words.insert_one({"_id": 1, "word": word})


def _read(engines: LocalEngines) -> str:
    with MongoClient(engines.addresses().mongo) as client:
        return str(client.notes.words.find_one({"_id": 1})["word"])
