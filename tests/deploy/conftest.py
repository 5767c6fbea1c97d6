"""The API server, with the operators' definitions in it, for as long as the stories last."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.deployment.schemas import DEFINITIONS, need_definitions
from tests.deploy import cluster as api_server
from tests.deploy.cluster import Cluster

BUILDING = 420


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
    for words in (
        ("apply", "--server-side", "-f", DEFINITIONS),
        ("wait", "--for=condition=Established", "crd", "--all"),
    ):
        done = bare_cluster.kubectl(*words)
        assert done.returncode == 0, done.stderr
    return bare_cluster
