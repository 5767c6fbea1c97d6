"""What the services themselves say: which there are, what they read from the environment, which groups they are."""

import ast
from collections.abc import Mapping
from importlib import import_module

from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo

from tests.architecture.source import ROOT, sources

LOCAL = "127.0.0.1"


def services() -> set[str]:
    """Those in the tree."""
    return {path.parent.name for path in (ROOT / "services").glob("*/app.py")}


def settings(service: str) -> Mapping[str, FieldInfo]:
    """Each variable that its settings read."""
    cls = import_module(f"services.{service}.settings").Settings
    prefix = cls.model_config["env_prefix"]
    return {word: field for name, field in cls.model_fields.items() for word in _words(prefix, name, field)}


def _words(prefix: str, name: str, field: FieldInfo) -> list[str]:
    alias = field.validation_alias
    return [str(one) for one in alias.choices] if isinstance(alias, AliasChoices) else [f"{prefix}{name}".upper()]


def must_be_said(service: str) -> set[str]:
    """The variables without which it does not run away from a developer's machine.

    No default; a default that is this machine; a secret; and which of how many replicas it is.
    """
    which = {"PARVIS_INSTANCE", "PARVIS_REPLICAS"}
    return which | {word for word, field in settings(service).items() if _needed(field)}


def _needed(field: FieldInfo) -> bool:
    here = isinstance(field.default, str) and LOCAL in field.default
    return field.is_required() or here or isinstance(field.default, SecretStr)


def groups(service: str) -> set[str]:
    """Its consumer groups: one of its name, and one for each `part` that its code names."""
    calls = [
        node
        for source in sources(f"services/{service}")
        for node in source.nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "consumer"
    ]
    parts = [next((ast.literal_eval(word.value) for word in one.keywords if word.arg == "part"), "") for one in calls]
    return {f"{service}-{part}" if part else service for part in parts}
