"""What would be applied, as `kubectl kustomize` renders it, and Compose's file as it is written."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.architecture.source import ROOT

K8S = ROOT / "deploy" / "k8s"
OVERLAYS = tuple(sorted(folder.name for folder in (K8S / "overlays").iterdir()))
VARIANTS = (*OVERLAYS, "production with hpa")
Resource = Mapping[str, Any]


def resources(name: str) -> Sequence[Resource]:
    """The resources of an overlay or of a variant; skips where there is no kubectl."""
    return render(K8S / "overlays" / name) if name in OVERLAYS else with_hpa()


@cache
def render(folder: Path) -> Sequence[Resource]:
    """Everything that the kustomization in `folder` makes; what kustomize warns of is an error."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not on this machine: nothing renders the overlays")
    done = subprocess.run([kubectl, "kustomize", str(folder)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return tuple(yaml.load_all(done.stdout, Loader=yaml.CSafeLoader))


@cache
def with_hpa() -> Sequence[Resource]:
    """Production with the other scaler."""
    return render(variant(ROOT / ".parvis" / "rendered", {"components/keda": "components/hpa"}))


def variant(folder: Path, instead: Mapping[str, str]) -> Path:
    """A copy of the production overlay in `folder` that takes other parts, each named by the end of its path."""
    folder.mkdir(parents=True, exist_ok=True)
    source = K8S / "overlays" / "production"
    for file in source.iterdir():
        shutil.copy(file, folder)
    text = (source / "kustomization.yaml").read_text()
    for old, new in instead.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "kustomization.yaml").write_text(text.replace("../..", os.path.relpath(K8S, folder)))
    return folder


def of_kind(found: Sequence[Resource], *kinds: str) -> dict[str, Resource]:
    """Those of these kinds, by name."""
    return {one["metadata"]["name"]: one for one in found if one["kind"] in kinds}


def workloads(found: Sequence[Resource]) -> dict[str, Resource]:
    """Each service's workload, by the service's name."""
    return {name.removeprefix("parvis-"): one for name, one in of_kind(found, "StatefulSet").items()}


def container(workload: Resource) -> Resource:
    """Its one container."""
    (only,) = workload["spec"]["template"]["spec"]["containers"]
    return only  # type: ignore[no-any-return]


def environment(found: Sequence[Resource], workload: Resource) -> dict[str, Any]:
    """Every variable of a workload: its value, or where its value comes from."""
    maps = of_kind(found, "ConfigMap")
    given: dict[str, Any] = {}
    for source in container(workload).get("envFrom", ()):
        given |= maps[source["configMapRef"]["name"]]["data"]
    return given | {one["name"]: one.get("value", one.get("valueFrom")) for one in container(workload)["env"]}


def held_keys(workload: Resource) -> set[str]:
    """The key files that a workload mounts."""
    volumes = {one["name"]: one for one in workload["spec"]["template"]["spec"]["volumes"]}
    return {item["path"] for item in volumes["keys"]["secret"]["items"]}


@cache
def compose() -> Resource:
    """docker-compose.yml."""
    return yaml.load((ROOT / "docker-compose.yml").read_text(), Loader=yaml.CSafeLoader)  # type: ignore[no-any-return]


def compose_services() -> dict[str, Resource]:
    """Compose's services that are services of ours, by name."""
    return {name: one for name, one in compose()["services"].items() if "PARVIS_INSTANCE" in one.get("environment", {})}


def secrets_named(value: Any) -> Iterator[str]:
    """Each Secret that a pod's template names, at whatever depth."""
    if isinstance(value, Mapping):
        for word in ("secretKeyRef", "secretRef", "secret"):
            named = value.get(word)
            if isinstance(named, Mapping):
                yield str(named.get("name") or named.get("secretName"))
        for inner in value.values():
            yield from secrets_named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from secrets_named(inner)


def printed_secrets(folder: Path) -> str:
    """What deploy/k8s/secrets.sh prints for the keys and passwords in `folder`, called from a checkout."""
    environment = {"PATH": "/usr/bin:/bin"}
    script = [K8S / "secrets.sh", folder]
    return subprocess.run(script, env=environment, capture_output=True, text=True, check=True).stdout
