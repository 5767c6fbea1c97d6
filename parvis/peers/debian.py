"""Debian packages that the peers are made of: looked for by their files, installed when we are root."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from parvis.peers.failures import PeerUnavailable

WORDPRESS = {
    "wordpress": "/usr/share/wordpress/wp-load.php",
    "wordpress-theme-twentytwentythree": "/usr/share/wordpress/wp-content/themes/twentytwentythree",
    "mariadb-server": "/usr/sbin/mariadbd",
    "php-cli": "/usr/bin/php",
    "php-mysql": "/usr/share/php*/mysql",
    "php-curl": "/usr/share/php*/curl",
    "php-xml": "/usr/share/php*/xml",
    "php-gd": "/usr/share/php*/gd",
    "php-mbstring": "/usr/share/php*/mbstring",
}
BLUESKY = {
    "postgresql": "/usr/lib/postgresql/*/bin/initdb",
    "redis-server": "/usr/bin/redis-server",
    "npm": "npm",
}
POLICY = Path("/usr/sbin/policy-rc.d")


def _present(mark: str) -> bool:
    """`mark` is a command's name, or a path that may hold stars."""
    if not mark.startswith("/"):
        return shutil.which(mark) is not None
    return any(Path("/").glob(mark[1:]))


def missing(packages: Mapping[str, str]) -> list[str]:
    """Names of the packages whose mark is not on this machine."""
    return [name for name, mark in packages.items() if not _present(mark)]


def install(packages: Mapping[str, str]) -> None:
    """Install what is missing; raise `PeerUnavailable` with the command to type where we may not."""
    absent = missing(packages)
    if not absent:
        return
    command = f"apt-get install -y --no-install-recommends {' '.join(absent)}"
    if shutil.which("apt-get") is None:
        raise PeerUnavailable(f"Debian packages are missing ({', '.join(absent)}) and this is not Debian.")
    if os.geteuid() != 0:
        raise PeerUnavailable(f"Debian packages are missing and only root may install them:\n  sudo {command}")
    with _no_service_starts():
        _run(["apt-get", "update", "-q"])
        _run(command.split())
    if missing(packages):
        raise PeerUnavailable(f"Debian installed, yet still missing: {', '.join(missing(packages))}")


def _run(command: list[str]) -> None:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PeerUnavailable(f"{' '.join(command)} failed:\n{done.stderr[-1500:]}")


@contextmanager
def _no_service_starts() -> Iterator[None]:
    """Packages bring web servers and databases that would start on their usual ports: not because of us."""
    ours = not POLICY.exists()
    if ours:
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    try:
        yield
    finally:
        if ours:
            POLICY.unlink(missing_ok=True)
