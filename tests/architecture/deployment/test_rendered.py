"""What each overlay renders would be admitted, scales by one hand only, and runs with few rights."""

from typing import Any

import pytest

from tests.architecture.deployment import known
from tests.architecture.deployment.rendering import (
    VARIANTS,
    Resource,
    container,
    environment,
    of_kind,
    resources,
    workloads,
)
from tests.architecture.deployment.schemas import OPERATORS, problem

FASTEST = 2  # members of a group that may come or go in a minute
SCALERS = {"HorizontalPodAutoscaler": "minReplicas", "ScaledObject": "minReplicaCount"}


@pytest.mark.parametrize("name", VARIANTS)
def test_kubernetes_takes_it(name: str) -> None:
    """No field of Kubernetes' own kinds is misspelt, missing or of the wrong type."""
    own = [one for one in resources(name) if one["apiVersion"].split("/")[0] not in OPERATORS]
    assert [found for one in own if (found := problem(one))] == []


@pytest.mark.parametrize("name", VARIANTS)
def test_operators_take_it(name: str) -> None:
    """No field of Strimzi's, KEDA's or MongoDB's resources is misspelt, missing or of the wrong type."""
    theirs = [one for one in resources(name) if one["apiVersion"].split("/")[0] in OPERATORS]
    assert theirs
    assert [found for one in theirs if (found := problem(one))] == []


def test_a_misspelt_field_is_found() -> None:
    """The two checks above can fail."""
    broken: Resource = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": {"portz": []}}
    assert "portz" in str(problem(broken))


@pytest.mark.parametrize("name", VARIANTS)
def test_one_hand_scales(name: str) -> None:
    """No workload has two scalers; one that has a scaler says no number of replicas itself; each knows how many."""
    found = resources(name)
    scaled = [(one["spec"]["scaleTargetRef"]["name"], least(one)) for one in found if one["kind"] in SCALERS]
    assert len(scaled) == len(dict(scaled))
    for service, workload in workloads(found).items():
        own = workload["spec"].get("replicas")
        by_scaler = dict(scaled).get(f"parvis-{service}")
        assert (own is None) != (by_scaler is None)
        assert environment(found, workload)["PARVIS_REPLICAS"] == str(own or by_scaler)


def least(scaler: Resource) -> Any:
    """The fewest replicas that it leaves."""
    return scaler["spec"][SCALERS[scaler["kind"]]]


@pytest.mark.parametrize("name", VARIANTS)
def test_groups_change_slowly(name: str) -> None:
    """Each step is a rebalance, so at most two members a minute come or go."""
    for one in (one for one in resources(name) if one["kind"] in SCALERS):
        spec = one["spec"]
        behaviour = spec.get("behavior") or spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
        for way in ("scaleUp", "scaleDown"):
            (policy,) = behaviour[way]["policies"]
            assert policy == {"type": "Pods", "value": FASTEST, "periodSeconds": 60}


def test_every_group_is_watched() -> None:
    """KEDA looks at each consumer group that the code names, where Kafka is, in the overlay's own namespace."""
    found = resources("production")
    (namespace,) = of_kind(found, "Namespace")
    for service in known.services():
        triggers = of_kind(found, "ScaledObject")[f"parvis-{service}"]["spec"]["triggers"]
        assert {one["metadata"]["consumerGroup"] for one in triggers} == known.groups(service)
        places = {one["metadata"]["bootstrapServers"] for one in triggers}
        assert places == {f"parvis-kafka-bootstrap.{namespace}.svc:9093"}


@pytest.mark.parametrize("name", VARIANTS)
def test_nothing_has_more_rights_than_it_needs(name: str) -> None:
    """Nobody is root, writes to its image, gains a privilege or holds the API server's token."""
    found = resources(name)
    (namespace,) = of_kind(found, "Namespace").values()
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    for workload in of_kind(found, "StatefulSet", "Deployment").values():
        pod, rights = workload["spec"]["template"]["spec"], container(workload)["securityContext"]
        assert (pod["securityContext"]["runAsNonRoot"], pod["automountServiceAccountToken"]) == (True, False)
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert rights == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


@pytest.mark.parametrize("name", VARIANTS)
def test_every_pod_is_asked_how_it_is(name: str) -> None:
    """Alive is asked of /livez, ready of /readyz, and a slow start is given its time."""
    for workload in workloads(resources(name)).values():
        asked = {word: one["httpGet"]["path"] for word, one in container(workload).items() if word.endswith("Probe")}
        assert asked == {"startupProbe": "/livez", "livenessProbe": "/livez", "readinessProbe": "/readyz"}


@pytest.mark.parametrize("name", VARIANTS)
def test_each_pod_is_another_member(name: str) -> None:
    """The ordinal in a pod's name is its instance: two processes never share a static membership."""
    found = resources(name)
    for workload in workloads(found).values():
        where = environment(found, workload)["PARVIS_INSTANCE"]["fieldRef"]["fieldPath"]
        assert where == "metadata.labels['apps.kubernetes.io/pod-index']"


@pytest.mark.parametrize("name", VARIANTS)
def test_nothing_is_open_by_default(name: str) -> None:
    """One policy shuts every pod of the namespace; what else is said only opens."""
    shut = of_kind(resources(name), "NetworkPolicy")["parvis-nothing"]["spec"]
    assert shut == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
