"""Docker's own libraries take the Dockerfile and the Compose file, every profile included."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.deployment import known
from tests.architecture.source import ROOT
from tests.deploy.building import built

GIVEN = {"CONSOLE_OPERATOR_KEY": "k"}


def judge(*words: str | Path, given: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """What the judge says, with these variables and no others of ours."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PARVIS_", "CONSOLE_"))}
    command = [built("containers"), *words]
    return subprocess.run(command, env=environment | (given or {}), capture_output=True, text=True, check=False)


def understood() -> Mapping[str, Any]:
    """The Compose project as Compose itself reads it."""
    done = judge("compose", ROOT / "docker-compose.yml", given=GIVEN)
    assert (done.returncode, done.stderr) == (0, "")
    services: Mapping[str, Any] = json.loads(done.stdout)["services"]
    return services


def test_the_compose_file_is_taken() -> None:
    """Each service starts when what it needs is well or done, is asked whether it is ready, and can write nowhere."""
    services = understood()
    for name in known.services():
        waits = {other: how["condition"] for other, how in services[name]["depends_on"].items()}
        assert waits == {
            "topics": "service_completed_successfully",
            "keys": "service_completed_successfully",
            "mongo": "service_healthy",
        }
        assert "/readyz" in " ".join(services[name]["healthcheck"]["test"])
        assert services[name]["read_only"]
        assert services[name]["cap_drop"] == ["ALL"]
    assert services["topics"]["depends_on"]["kafka"]["condition"] == "service_healthy"


def test_a_key_must_be_given() -> None:
    """Without the operator's key nothing starts, and it is said what to do."""
    done = judge("compose", ROOT / "docker-compose.yml")
    assert done.returncode == 1
    assert "CONSOLE_OPERATOR_KEY" in done.stderr


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("profiles: [simulator]", "profiles: [simulator]\n    depends_on: [nobody]"),
        ("condition: service_healthy", "condition: service_well"),
        ("restart: unless-stopped", "restarts: unless-stopped"),
        ("mem_limit: 512m", "mem_limit: much"),
    ],
)
def test_a_mistake_is_found(tmp_path: Path, old: str, new: str) -> None:
    """A service that is not there (in a profile too), a condition, a key or a size that does not exist are refused."""
    text = (ROOT / "docker-compose.yml").read_text()
    assert old in text
    (tmp_path / "compose.yml").write_text(text.replace(old, new, 1))
    assert judge("compose", tmp_path / "compose.yml", given=GIVEN).returncode == 1


def test_the_dockerfile_is_taken(tmp_path: Path) -> None:
    """It parses without a warning; one with an instruction that does not exist is refused."""
    done = judge("dockerfile", ROOT / "Dockerfile")
    assert (done.returncode, done.stderr) == (0, "")
    (tmp_path / "Dockerfile").write_text((ROOT / "Dockerfile").read_text().replace("WORKDIR", "WORKPLACE"))
    assert judge("dockerfile", tmp_path / "Dockerfile").returncode == 1
