"""Compose, Kubernetes and the services say the same: nothing is deployed on one way that is missing on another."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from parvis.contracts.asyncapi import SERVICES as DESCRIBED
from parvis.engines.mongo import TRANSACTION_SECONDS
from parvis.ops.engines import SERVICES as BACKED_UP
from parvis.services import USUAL_PORTS
from services.console.settings import Settings as ConsoleSettings
from shared.bus.topics import topic_settings
from shared.events.topics import ALL
from shared.process import CLOSING_SECONDS
from tests.architecture.deployment import known
from tests.architecture.deployment.rendering import (
    K8S,
    OVERLAYS,
    VARIANTS,
    compose,
    compose_services,
    container,
    environment,
    held_keys,
    of_kind,
    printed_secrets,
    resources,
    secrets_named,
    workloads,
)

STANDARD = "OTEL_"  # read by the libraries themselves
KEYS = {"platform.pub", "commands.pub"}
SHARES = {"nothing": KEYS, "platform": KEYS | {"platform.key"}, "commands": KEYS | {"commands.key"}}


def foreign(service: str, given: Mapping[str, Any]) -> set[str]:
    """Variables that the service does not read."""
    return {word for word in given if word not in known.settings(service) and not word.startswith(STANDARD)}


def test_every_service_has_its_places() -> None:
    """A service that is added is in Compose and in deploy/k8s/base, and `parvis demo` knows its port."""
    folders = {path.parent.name for path in K8S.glob("base/*/own.yaml")}
    assert set(compose_services()) == folders == set(USUAL_PORTS) == known.services()
    built = {name: one["build"]["args"]["SERVICE"] for name, one in compose_services().items()}
    assert built == {name: name for name in built}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_service_is_deployed(overlay: str) -> None:
    """Each overlay has one workload a service, with a Service, a budget for disruptions and an account of its name."""
    found = resources(overlay)
    names = {f"parvis-{service}" for service in known.services()}
    assert set(of_kind(found, "Deployment")) == {"parvis-tools"}
    for kind in ("StatefulSet", "Service", "PodDisruptionBudget", "ServiceAccount"):
        assert set(of_kind(found, kind)) == names
    for name, workload in of_kind(found, "StatefulSet").items():
        image, _, tag = container(workload)["image"].rpartition(":")
        assert image.rpartition("/")[2] == name
        assert tag not in ("", "latest")


@pytest.mark.parametrize("service", sorted(known.services()))
def test_what_a_service_needs_is_said(service: str) -> None:
    """Compose and Kubernetes set the same variables, all of them read by the service, and all that it cannot guess."""
    found = resources("dev")
    here = compose_services()[service]["environment"]
    there = environment(found, workloads(found)[service])
    assert foreign(service, here) == foreign(service, there) == set()
    assert known.must_be_said(service) - set(here) == set()
    assert set(here) == set(there)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_services_find_each_other(overlay: str) -> None:
    """Every address of a service names one that exists, at its port, on both ways."""
    found = resources(overlay)
    ports = {name: one["spec"]["ports"][0]["port"] for name, one in of_kind(found, "Service").items()}
    for service, workload in workloads(found).items():
        here, there = compose_services()[service]["environment"], environment(found, workload)
        for word in (word for word in there if word.endswith("_URL") and word.startswith("PARVIS_")):
            other = word.removeprefix("PARVIS_").removesuffix("_URL").lower()
            assert here[word] == f"http://{other}:8080"
            assert there[word] == f"http://parvis-{other}:{ports[f'parvis-{other}']}"


def test_each_holds_only_its_keys() -> None:
    """Who opens tokens holds the platform's private key, who commands signs with its own, and nobody holds both."""
    found = resources("dev")
    for service, one in compose_services().items():
        (volume,) = one["volumes"]
        assert SHARES[volume["volume"]["subpath"]] == held_keys(workloads(found)[service])


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_topics_are_the_catalogues(overlay: str) -> None:
    """Kubernetes has each topic of the catalogue with its own settings; Compose lets `parvis topics` make them."""
    topics = of_kind(resources(overlay), "KafkaTopic")
    assert set(topics) == {topic.name for topic in ALL}
    for topic in ALL:
        spec = topics[topic.name]["spec"]
        told = {name: str(value) for name, value in spec["config"].items()}
        assert told == topic_settings(topic, spec["replicas"])
    assert compose()["services"]["topics"]["command"] == ["parvis", "topics", "create"]


def test_an_end_fits_into_its_grace() -> None:
    """Waiting for the proxies, draining and closing take less than Kubernetes and Compose wait before they kill."""
    found = resources("dev")
    for service, workload in workloads(found).items():
        drain = float(environment(found, workload)["PARVIS_DRAIN_SECONDS"])
        pause = container(workload)["lifecycle"]["preStop"]["sleep"]["seconds"]
        grace = workload["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
        assert pause + drain + CLOSING_SECONDS < grace
        own = compose_services()[service]
        assert own["stop_grace_period"] == f"{grace}s"
        assert float(own["environment"]["PARVIS_DRAIN_SECONDS"]) == drain


def test_mongod_lets_go_of_a_dead_clients_transaction() -> None:
    """Everywhere after the same few seconds."""
    (there,) = of_kind(resources("dev"), "MongoDBCommunity").values()
    assert (
        there["spec"]["additionalMongodConfig"]["setParameter.transactionLifetimeLimitSeconds"] == TRANSACTION_SECONDS
    )
    here = compose()["services"]["mongo"]["command"]
    assert f"--setParameter=transactionLifetimeLimitSeconds={TRANSACTION_SECONDS}" in here


def test_every_service_is_known_to_those_who_look_after_all() -> None:
    """A backup holds each one's database, an erasure waits for each one's answer, and AsyncAPI says what each is."""
    waited_for = {"console", *ConsoleSettings.model_construct().services}
    assert set(BACKED_UP) == set(DESCRIBED) == waited_for == known.services()


@pytest.mark.parametrize("name", VARIANTS)
def test_every_secret_is_made_by_somebody(name: str, tmp_path: Path) -> None:
    """What a pod mounts or reads comes from deploy/k8s/secrets.sh, from Strimzi or from MongoDB's operator."""
    found = resources(name)
    made = {"parvis-cluster-ca-cert", *of_kind(found, "KafkaUser")}
    for database in of_kind(found, "MongoDBCommunity").values():
        made |= {user["connectionStringSecretName"] for user in database["spec"]["users"]}
    secrets = yaml.safe_load_all(printed_secrets(tmp_path))
    printed = {one["metadata"]["name"]: one["data"] for one in secrets}
    assert set(printed["parvis-mongo-passwords"]) == known.services() | {"operator"}
    for workload in of_kind(found, "StatefulSet", "Deployment").values():
        assert set(secrets_named(workload)) <= made | set(printed)
