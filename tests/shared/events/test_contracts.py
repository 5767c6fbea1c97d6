"""Contracts: what may change about an event within a version, and what may not."""

import copy
import json
import warnings
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from parvis.contracts import asyncapi, schemas
from parvis.contracts.compatibility import problems
from shared.events.catalogue import by_type, event_classes
from shared.events.event import Event

OLD: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "count": {"type": "integer", "minimum": 0},
        "mood": {"enum": ["good", "bad"], "type": "string"},
        "who": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
        "note": {"type": "string"},
    },
    "required": ["id", "count", "mood", "who"],
}


def _with(edit: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    new = copy.deepcopy(OLD)
    edit(new)
    return new


HARMLESS = {
    "unchanged": lambda s: None,
    "an optional field more": lambda s: s["properties"].update(more={"type": "string"}),
    "an optional nested field more": lambda s: s["properties"]["who"]["properties"].update(age={"type": "integer"}),
    "an optional field less": lambda s: s["properties"].pop("note"),
}
BREAKING = {
    "a required field more": (
        lambda s: (s["properties"].update(x={"type": "string"}), s["required"].append("x")),
        "new",
    ),
    "a narrower number": (lambda s: s["properties"]["count"].update(minimum=1), "new"),
    "another type": (lambda s: s["properties"].update(count={"type": "string"}), "new"),
    "a required field less": (lambda s: s["required"].remove("count"), "old"),
    "a wider number": (lambda s: s["properties"]["count"].pop("minimum"), "old"),
    "null allowed": (lambda s: s["properties"].update(id={"anyOf": [{"type": "string"}, {"type": "null"}]}), "old"),
    "an enum opened": (lambda s: s["properties"]["mood"].pop("enum"), "old"),
    "an enum value more": (lambda s: s["properties"]["mood"]["enum"].append("meh"), "old"),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_edits_pass_both_ways(name: str) -> None:
    """Optional fields come and go, and nobody breaks."""
    assert problems(OLD, _with(HARMLESS[name])) == []


@pytest.mark.parametrize("name", BREAKING)
def test_breaking_edits_are_named_with_who_breaks(name: str) -> None:
    """Whatever a retained event or an old reader could trip over is refused, saying which side breaks."""
    edit, side = BREAKING[name]
    found = problems(OLD, _with(edit))
    assert any(one.startswith(f"{side} readers") for one in found), found


@pytest.mark.parametrize("cls", event_classes(), ids=lambda cls: cls.__name__)
def test_every_event_is_documented_and_its_example_holds(cls: type[Event]) -> None:
    """An event has words, a derived id that stays, a key that names its owner, and an example that its schema takes."""
    example = cls.example()
    assert cls.__doc__
    assert example.key().split(":")[0] in (example.owner_id().split(":")[0], "agency")
    assert example.event_id() == cls.example().event_id()
    assert cls.read(example.write()) == example
    body = schemas.schema(cls)
    jsonschema.Draft202012Validator.check_schema(body)
    jsonschema.validate(json.loads(example.write()), body)


def test_readers_ignore_what_they_do_not_know_and_writers_may_not_add_it() -> None:
    """A field from tomorrow's writer passes today's reader, at any depth; today's writer cannot invent one."""
    judged = by_type()["io.parvis.moderation.InteractionJudged.v1"]
    body = json.loads(judged.example().write())
    body["tomorrow"], body["place"]["tomorrow"] = 1, 1
    assert judged.read(json.dumps(body).encode()) == judged.example()
    with pytest.raises(ValueError, match="tomorrow"):
        judged.model_validate(body)


def test_the_asyncapi_document_is_valid() -> None:
    """An independent library reads the document whole."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from asyncapi3 import AsyncAPI3

        document = AsyncAPI3.model_validate(asyncapi.document())
    assert document.asyncapi == "3.0.0"
    broken = asyncapi.document()
    broken["operations"]["ingestStatesInteractionReceived"]["action"] = "shout"
    with pytest.raises(ValueError, match="action"):
        AsyncAPI3.model_validate(broken)
