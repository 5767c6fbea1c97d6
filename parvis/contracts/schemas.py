"""One JSON Schema an event version, as committed under `contracts/`."""

import json
from pathlib import PurePosixPath
from typing import Any

from parvis.contracts.tree import owner, snake
from shared.events.event import Event


def path(cls: type[Event]) -> PurePosixPath:
    """Where the contract lies, below `contracts/`."""
    return PurePosixPath(owner(cls), f"{snake(cls.__name__)}.v{cls.VERSION}.json")


def schema(cls: type[Event]) -> dict[str, Any]:
    """The body's schema (JSON Schema 2020-12), with the shared example."""
    body = cls.model_json_schema(mode="serialization")
    body.pop("required", None)
    required = [name for name, field in cls.model_fields.items() if field.is_required()]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{cls.type_name()}",
        **body,
        "required": required,
        "examples": [json.loads(cls.example().write())],
    }


def text(document: dict[str, Any]) -> str:
    """As committed: stable order, one trailing newline."""
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
