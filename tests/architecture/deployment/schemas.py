"""What Kubernetes and its operators take: the built-in kinds by `kubernetes-validate`, others by their definitions."""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml
from jsonschema.protocols import Validator

from tests.architecture.deployment.rendering import Resource
from tests.networks.specs import SPECS

KUBERNETES = "1.34"
DEFINITIONS = SPECS / "kubernetes"
OPERATORS = ("kafka.strimzi.io", "keda.sh", "mongodbcommunity.mongodb.com")


def problem(resource: Resource) -> str | None:
    """Why an API server would refuse it; None where it would not."""
    name = f"{resource['kind']}/{resource['metadata']['name']}"
    try:
        if resource["apiVersion"].split("/")[0] in OPERATORS:
            definition(resource["apiVersion"], resource["kind"]).validate(resource)
        else:
            kubernetes_validate.validate(resource, KUBERNETES, strict=True)
    except jsonschema.ValidationError as error:
        return f"{name}: {'.'.join(map(str, error.absolute_path))}: {error.message}"
    return None


@cache
def definition(version: str, kind: str) -> Validator:
    """What judges an operator's resource: it takes no field that its schema does not name."""
    need_definitions()
    judge = jsonschema.Draft202012Validator(definitions()[version, kind])
    judge.check_schema(judge.schema)
    return judge


def need_definitions() -> None:
    """Skips where the operators' definitions are not there; fails in a CI that has the folder they should be in."""
    if not DEFINITIONS.exists():
        expected = "CI" in os.environ and SPECS.parent.exists()
        say = pytest.fail if expected else pytest.skip
        say(f"{DEFINITIONS} is not here: set PARVIS_SPECS to the folder of vendors' descriptions")


@cache
def definitions() -> Mapping[tuple[str, str], Mapping[str, Any]]:
    """Every schema there, closed, by apiVersion and kind."""
    found = {}
    for file in DEFINITIONS.glob("*.yaml"):
        for document in yaml.load_all(file.read_text(), Loader=yaml.CSafeLoader):
            spec = document["spec"]
            for version in spec["versions"]:
                schema = version["schema"]["openAPIV3Schema"]
                found[f"{spec['group']}/{version['name']}", spec["names"]["kind"]] = closed(schema)
    return found


def closed(schema: Any) -> Any:
    """As an API server reads it under strict field validation."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    inner = {word: closed(value) for word, value in schema.items()}
    named = isinstance(schema.get("properties"), Mapping) and schema.get("type") == "object"
    if named and not schema.get("x-kubernetes-preserve-unknown-fields") and "additionalProperties" not in schema:
        inner["additionalProperties"] = False
    return inner
