"""A change of routes is held against who calls them."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from parvis.contracts.openapi import taken_away

Json = dict[str, Any]
DRAFT = {
    "type": "object",
    "properties": {"title": {"type": "string"}, "mood": {"enum": ["good", "bad"], "type": "string"}},
    "required": ["title"],
    "additionalProperties": False,
}
OLD: Json = {
    "paths": {
        "/posts": {
            "post": {
                "parameters": [{"in": "header", "name": "key", "required": False}],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Draft"}}},
                },
                "responses": {"201": {}, "409": {}},
            },
            "get": {"responses": {"200": {}}},
        }
    },
    "components": {"schemas": {"Draft": DRAFT}},
}


def _post(document: Json) -> Json:
    operation: Json = document["paths"]["/posts"]["post"]
    return operation


def _draft(document: Json) -> Json:
    schema: Json = document["components"]["schemas"]["Draft"]
    return schema


HARMLESS: dict[str, Callable[[Json], Any]] = {
    "unchanged": lambda d: None,
    "a route more": lambda d: d["paths"].update({"/other": {"get": {"responses": {"200": {}}}}}),
    "an optional field more": lambda d: _draft(d)["properties"].update(note={"type": "string"}),
    "an optional parameter more": lambda d: _post(d)["parameters"].append({"in": "query", "name": "x"}),
    "a refusal more": lambda d: _post(d)["responses"].update({"429": {}}),
    "a value more": lambda d: _draft(d)["properties"]["mood"]["enum"].append("meh"),
}
MISSED: dict[str, tuple[Callable[[Json], Any], str]] = {
    "a route less": (lambda d: d["paths"]["/posts"].pop("get"), "GET /posts is gone"),
    "a field less": (lambda d: _draft(d)["properties"].pop("mood"), "body/mood is no longer taken"),
    "a field now required": (lambda d: _draft(d)["required"].append("mood"), "mood is required, and may be absent"),
    "a value less": (lambda d: _draft(d)["properties"]["mood"]["enum"].pop(), "not among"),
    "a parameter now required": (
        lambda d: _post(d)["parameters"][0].update(required=True),
        "header parameter key is now required",
    ),
    "another success": (lambda d: _post(d).update(responses={"200": {}}), "no longer answers 201"),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_added_disturbs_no_caller(name: str) -> None:
    """Routes, optional fields and further values come without a word."""
    new = copy.deepcopy(OLD)
    HARMLESS[name](new)
    assert list(taken_away(OLD, new)) == []


@pytest.mark.parametrize("name", MISSED)
def test_what_is_taken_away_is_named(name: str) -> None:
    """Who still calls the old way would be refused: it is said which route, and what of it."""
    edit, word = MISSED[name]
    new = copy.deepcopy(OLD)
    edit(new)
    (found,) = taken_away(OLD, new)
    assert word in found
