"""A WordPress of one's own: Debian's package copied to a folder, PHP's built-in server, a private MariaDB."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx

from parvis.peers import debian
from parvis.peers.failures import PeerUnavailable
from parvis.peers.processes import Program, accepts, free_port, running, stop
from parvis.peers.settings import ASSETS, PeerSettings

PROGRAMS = ("php", "mariadb")
PACKAGED = Path("/usr/share/wordpress")


def folder(settings: PeerSettings) -> Path:
    return settings.dir / "wordpress"


def start(settings: PeerSettings) -> dict[str, Any]:
    """Install and start it; answers {url, people: {login: {id, app_password}}}. Its data lasts."""
    debian.install(debian.WORDPRESS)
    home = folder(settings)
    facts = home / "peer.json"
    if facts.exists() and all(running(home, name) for name in PROGRAMS):
        return dict(json.loads(facts.read_text()))
    end(settings)
    web, database = free_port(settings.wordpress_port), free_port(settings.mariadb_port)
    env = {
        "PEER_WP_URL": f"http://127.0.0.1:{web}",
        "PEER_WP_DB_PORT": str(database),
        "PEER_WP_ROOT": str(home / "site"),
        "PEER_WP_OUT": str(home / "people.json"),
        "PHP_CLI_SERVER_WORKERS": "4",
    }
    _copy_site(home / "site")
    _start_database(home, database)
    _make_blog_once(home, env)
    _serve(home, web, env)
    made = json.loads((home / "people.json").read_text()) | {"url": env["PEER_WP_URL"]}
    facts.write_text(json.dumps(made))
    return dict(made)


def end(settings: PeerSettings) -> None:
    """Stop both programs; the data stays."""
    for name in PROGRAMS:
        stop(folder(settings), name)


def _copy_site(site: Path) -> None:
    assets = ASSETS / "wordpress"
    if not (site / "wp-load.php").exists():
        shutil.copytree(PACKAGED, site, symlinks=False, ignore_dangling_symlinks=True, dirs_exist_ok=True)
        (site / ".htaccess").unlink(missing_ok=True)
    plugins = site / "wp-content" / "mu-plugins"
    for needed in (plugins, site / "wp-content" / "uploads"):
        needed.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(assets / "wp-config.php", site / "wp-config.php")
    shutil.copyfile(assets / "quiet.php", plugins / "quiet.php")


def _start_database(home: Path, port: int) -> None:
    data = home / "mariadb"
    as_root = ["--user=root"] if os.geteuid() == 0 else []
    if not (data / "mysql").is_dir():
        make = ["mariadb-install-db", "--no-defaults", *as_root, f"--datadir={data}", "--skip-test-db"]
        _run([*make, "--auth-root-authentication-method=normal"], {})
    arguments = [
        "--bind-address=127.0.0.1",
        f"--port={port}",
        f"--socket={home / 'mariadb.sock'}",
        "--skip-log-bin",
    ]
    lean = ["--innodb-buffer-pool-size=64M", "--innodb-flush-log-at-trx-commit=0", "--performance-schema=OFF"]
    argv = ["mariadbd", "--no-defaults", *as_root, f"--datadir={data}", *arguments, *lean]
    server = Program("mariadb", home, argv, {})
    server.start()
    server.wait_until(lambda: accepts(port), 60)
    create = "CREATE DATABASE IF NOT EXISTS wordpress CHARACTER SET utf8mb4"
    _run(["mariadb", "--no-defaults", "-uroot", "-h127.0.0.1", f"-P{port}", "-e", create], {})


def _make_blog_once(home: Path, env: dict[str, str]) -> None:
    if not (home / "people.json").exists():
        _run(["php", str(ASSETS / "wordpress" / "install.php")], env)
    if not (home / "people.json").exists():
        raise PeerUnavailable("WordPress was not installed and did not say why")


def _serve(home: Path, port: int, env: dict[str, str]) -> None:
    router = str(ASSETS / "wordpress" / "router.php")
    argv = ["php", "-d", "opcache.enable_cli=1", "-S", f"127.0.0.1:{port}", "-t", env["PEER_WP_ROOT"], router]
    server = Program("php", home, argv, env)
    server.start()
    server.wait_until(lambda: accepts(port) and _answers(env["PEER_WP_URL"]), 60)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/wp-json/", timeout=20, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _run(command: list[str], env: dict[str, str]) -> None:
    done = subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PeerUnavailable(f"{command[0]} failed:\n{(done.stderr or done.stdout)[-1500:]}")
