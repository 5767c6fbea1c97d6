"""A real API server admits every overlay whole, under the strictest of Pod Security's standards, without a warning."""

import json
from pathlib import Path

import pytest
import yaml

from tests.architecture.deployment.rendering import (
    OVERLAYS,
    VARIANTS,
    Resource,
    of_kind,
    printed_secrets,
    resources,
    workloads,
)
from tests.deploy.cluster import Cluster


@pytest.mark.parametrize("name", VARIANTS)
def test_it_is_admitted(cluster: Cluster, name: str) -> None:
    """Every resource is accepted as it is: no unknown field, no wrong word, nothing deprecated, no right too many."""
    found = resources(name)
    done = cluster.apply("-f", "-", given=yaml.safe_dump_all(found, sort_keys=False))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("serverside-applied") == len(found)


def pod(workload: Resource, number: int = 0) -> str:
    """What the StatefulSet's controller would make of its template."""
    template = workload["spec"]["template"]
    name = f"{workload['metadata']['name']}-{number}"
    labels = template["metadata"]["labels"] | {"apps.kubernetes.io/pod-index": str(number)}
    made = {"apiVersion": "v1", "kind": "Pod", "spec": template["spec"]}
    return json.dumps(made | {"metadata": {"name": name, "namespace": "parvis", "labels": labels}})


@pytest.mark.parametrize("name", OVERLAYS)
def test_its_pods_are_admitted(cluster: Cluster, name: str) -> None:
    """The pods themselves pass, where the namespace enforces the restricted standard."""
    for workload in of_kind(resources(name), "StatefulSet", "Deployment").values():
        done = cluster.kubectl("create", "--dry-run=server", "--warnings-as-errors", "-f", "-", given=pod(workload))
        assert (done.returncode, done.stderr) == (0, "")


def test_a_pod_that_asks_for_more_is_refused(cluster: Cluster) -> None:
    """The standard is enforced, so that what the stories above say means something."""
    (workload, *_) = workloads(resources("dev")).values()
    greedy = pod(workload).replace('"allowPrivilegeEscalation": false', '"allowPrivilegeEscalation": true')
    done = cluster.kubectl("create", "--dry-run=server", "-f", "-", given=greedy)
    assert done.returncode == 1
    assert 'violates PodSecurity "restricted' in done.stderr


def test_a_misspelt_resource_is_refused(cluster: Cluster) -> None:
    """An operator's resource with a field that nobody knows does not pass in silence."""
    topic = {
        "apiVersion": "kafka.strimzi.io/v1",
        "kind": "KafkaTopic",
        "metadata": {"name": "a", "namespace": "parvis"},
    }
    done = cluster.apply("-f", "-", given=yaml.safe_dump(topic | {"spec": {"partitionz": 1}}))
    assert done.returncode == 1
    assert "partitionz" in done.stderr


def test_the_secrets_are_admitted(cluster: Cluster, tmp_path: Path) -> None:
    """What deploy/k8s/secrets.sh prints can be applied, and printed again it is the same."""
    printed = [printed_secrets(tmp_path), printed_secrets(tmp_path)]
    assert printed[0] == printed[1]
    done = cluster.apply("--namespace", "parvis", "-f", "-", given=printed[0])
    assert (done.returncode, done.stderr) == (0, "")
