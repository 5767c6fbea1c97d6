"""What each service serves is written down, with what one sends, what one gets, and how it can be refused."""

import asyncio
import importlib
import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from fastapi.routing import APIRoute
from openapi_core import OpenAPI
from starlette.routing import BaseRoute

from parvis.services import USUAL_PORTS
from shared.events.ingest.parts import PLACE_EXAMPLE
from shared.openapi import app_on_paper
from shared.problems import MEDIA_TYPE, ProblemDocument
from tests.architecture.source import ROOT

Json = dict[str, Any]


def written(name: str) -> Json:
    """The service's document as it is committed (`parvis contracts --check` compares it with the routes)."""
    document: Json = json.loads((ROOT / "contracts" / "openapi" / f"{name}.json").read_text())
    return document


def operations(document: Json) -> Iterator[tuple[str, Json]]:
    """Each route by its method and path."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def examples(document: Json, content: Json) -> list[Any]:
    """What the document shows of one body or answer, whichever of OpenAPI's ways it takes."""
    schema = content.get("schema", {})
    named = document["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], schema)
    shown = [one["value"] for one in content.get("examples", {}).values()] + named.get("examples", [])
    return [*shown, content["example"]] if "example" in content else shown


@pytest.mark.parametrize("name", USUAL_PORTS)
def test_every_route_says_what_it_does_takes_and_answers(name: str) -> None:
    """Words, an example of each body that the body's own schema takes, and an example of each success with a body."""
    document = written(name)
    OpenAPI.from_dict(document).check_spec()
    for route, operation in operations(document):
        assert operation.get("description"), route
        for content in operation.get("requestBody", {}).get("content", {}).values():
            shown = examples(document, content)
            assert shown, f"{route}: no example of what is sent"
            schema = {**content["schema"], "components": document["components"]}
            for one in shown:
                jsonschema.validate(one, schema)
        successes = [answer for status, answer in operation["responses"].items() if status < "400"]
        assert successes, route
        for media_type, content in ((kind, c) for one in successes for kind, c in one.get("content", {}).items()):
            assert media_type != "application/json" or examples(document, content), f"{route}: no example of its answer"


@pytest.mark.parametrize("name", USUAL_PORTS)
def test_every_refusal_is_a_problem_document(name: str) -> None:
    """RFC 9457 everywhere, each status with an example; a route that needs a token says 401, and so on."""
    for route, operation in operations(written(name)):
        refusals = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
        assert {"422", "500", "503"} <= refusals.keys(), route
        assert {"401", "429"} <= refusals.keys() or "security" not in operation, route
        assert "413" in refusals or "requestBody" not in operation, route
        assert "404" in refusals or "{" not in route, route
        for status, answer in refusals.items():
            assert list(answer["content"]) == [MEDIA_TYPE], f"{route}: {status}"
            shown = ProblemDocument.model_validate(answer["content"][MEDIA_TYPE]["example"])
            assert shown.status == int(status), route


@pytest.mark.parametrize("name", USUAL_PORTS)
def test_no_route_stands_before_another(name: str) -> None:
    """`/posts/list` is never taken for the post of the name "list"."""
    service = importlib.import_module(f"services.{name}.app")
    app = asyncio.run(app_on_paper(name, service.Settings, service.assemble, service.create_app))
    routes = list(told_apart(app.routes))
    assert routes
    for route in routes:
        path = re.sub(r"\{[^}]+\}", "x", route.path)
        first = next(one for one in routes if one.methods & route.methods and one.path_regex.match(path))
        assert first.path == route.path, f"{route.path} is answered by {first.path}"


def told_apart(routes: list[BaseRoute]) -> Iterator[APIRoute]:
    """Routes in the order in which they are tried, those of included routers in their places."""
    for one in routes:
        if isinstance(one, APIRoute):
            yield one
        elif hasattr(one, "original_router"):
            yield from told_apart(one.original_router.routes)


def passed_on() -> Iterator[tuple[str, Json, Any, Any]]:
    """Console's commands as they reach their owners: path there, the owner's route, what is sent and got (shown)."""
    console = written("console")
    owned = {name: written(name) for name in USUAL_PORTS if name != "console"}
    for route, operation in operations(console):
        if "commands" not in operation["tags"]:
            continue
        sent = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        acts = {name: one["value"] for name, one in sent.get("examples", {}).items()}
        got = next(one for status, one in operation["responses"].items() if status < "400")
        (answer,) = examples(console, got["content"]["application/json"])
        for act, body in (
            acts or dict.fromkeys(("poll", "backfill"), None) if "{act}" in route else {"": None}
        ).items():
            there = route.replace("/api/v1", "").replace("{act}", act)
            shown = body if act else next(iter(examples(console, sent)), None)
            for document in owned.values():
                for at, owner in operations(document):
                    if at == there:
                        yield there, {**owner, "components": document["components"]}, shown, answer


def test_what_console_shows_of_a_command_is_what_its_owner_takes_and_answers() -> None:
    """A caller of `/api/v1` reads the same shapes that stand behind it."""
    found = list(passed_on())
    assert len(found) >= 17
    for route, owner, body, answer in found:
        if "requestBody" in owner:
            schema = owner["requestBody"]["content"]["application/json"]["schema"]
            filled = {"place": PLACE_EXAMPLE} if route.endswith("/replies") else {}
            jsonschema.validate({**body, **filled}, {**schema, "components": owner["components"]})
        told = next(one for status, one in owner["responses"].items() if status < "400")
        (shown,) = examples(owner, told["content"]["application/json"])
        assert isinstance(shown, list) or answer.keys() <= shown.keys(), route
