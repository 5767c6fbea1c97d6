"""Prometheus itself plays what could happen to the alert rules."""

import subprocess

from tests.deploy.building import HERE, promtool


def test_alerts_come_when_they_should() -> None:
    """A service that is down, a brake, a group that stands still, a first dead message: each calls, and once."""
    done = subprocess.run(
        [promtool(), "test", "rules", "alerts.yaml"], cwd=HERE, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
