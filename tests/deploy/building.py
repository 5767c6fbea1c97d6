"""Programs that judge what is deployed, built once from pinned Go modules and kept beside the downloaded jars."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import NoReturn

import pytest

from parvis.settings import ToolSettings

HERE = Path(__file__).parent
VERSION = "v1.34.4"  # what the API server says that it is
NAMED = "k8s.io/component-base/version"
UNPACKING = "apt-get update -q; chmod 755 .; apt-get download -q prometheus; dpkg -x prometheus_*.deb ."
FLAGS = f"-s -w -X {NAMED}.gitVersion={VERSION} -X {NAMED}.gitMajor=1 -X {NAMED}.gitMinor=34"


def built(name: str) -> Path:
    """The program of the folder `name`; minutes the first time, then nothing until one of its files changes."""
    source = HERE / name
    mark = hashlib.sha256(b"".join((source / file).read_bytes() for file in ("main.go", "go.mod", "go.sum")))
    program = ToolSettings().cache.expanduser() / "judges" / f"{name}-{mark.hexdigest()[:16]}"
    if not program.exists():
        program.parent.mkdir(parents=True, exist_ok=True)
        draft = program.with_suffix(f".{os.getpid()}")
        go = tool("go", "1.24 or newer builds what the deployment is judged by")
        command = [go, "build", "-trimpath", "-ldflags", FLAGS, "-o", str(draft), "."]
        done = subprocess.run(
            command, cwd=source, env=os.environ | {"CGO_ENABLED": "0"}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            missing(f"{name} cannot be built: {done.stderr[-2000:]}")
        draft.rename(program)
    return program


def promtool() -> str:
    """Prometheus' own judge of rules: this machine's, or unpacked (not installed) from Debian's package."""
    own = ToolSettings().cache.expanduser() / "judges" / "promtool"
    there = shutil.which("promtool") or (str(own) if own.exists() else None)
    if there:
        return there
    own.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=own.parent) as folder:
        done = subprocess.run(["sh", "-ec", UNPACKING], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            missing(f"promtool is not on this machine, nor Debian's package of it: {done.stderr[-500:]}")
        (Path(folder) / "usr" / "bin" / "promtool").rename(own)
    return str(own)


def tool(name: str, why: str) -> str:
    """Where it is on this machine."""
    return shutil.which(name) or missing(f"{name} is not on this machine: {why}")


def missing(what: str) -> NoReturn:
    """A machine that cannot judge skips, unless CI is set."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)
