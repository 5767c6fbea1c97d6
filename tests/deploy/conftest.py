"""The API server, with the operators' definitions in it, for as long as the stories last."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.deployment.schemas import DEFINITIONS, need_definitions
from tests.deploy import cluster as api_server
from tests.deploy.cluster import Cluster

BUILDING = 420
SERVED = 60  # seconds until the server serves what it was told of


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first story waits for an API server to be compiled."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(BUILDING))


@pytest.fixture(scope="session")
def bare_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """An API server with nothing in it."""
    with api_server.running(tmp_path_factory.mktemp("kubernetes")) as running:
        yield running


@pytest.fixture(scope="session")
def cluster(bare_cluster: Cluster) -> Cluster:
    """It knows Strimzi's, KEDA's and MongoDB's resources, and has the overlays' namespace."""
    need_definitions()
    applied = bare_cluster.kubectl("apply", "--server-side", "-f", DEFINITIONS)
    assert applied.returncode == 0, applied.stderr
    until = time.monotonic() + SERVED
    while (done := bare_cluster.kubectl("wait", "--for=condition=Established", "crd", "--all")).returncode != 0:
        # A definition so young that it has no conditions yet is an error to kubectl, not something to wait for.
        assert time.monotonic() < until, done.stderr
        time.sleep(0.5)
    return bare_cluster
