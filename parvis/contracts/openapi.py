"""One OpenAPI document a service, told by the service's own program: it needs no engine and no environment for that."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from parvis.contracts.compatibility import unreadable
from parvis.contracts.tree import ROOT
from parvis.errors import CommandFailed
from parvis.services import USUAL_PORTS

Document = Mapping[str, Any]


def documents() -> dict[str, dict[str, Any]]:
    """What each service serves, by its name."""
    names = sorted(USUAL_PORTS)
    with ThreadPoolExecutor() as programs:
        return dict(zip(names, programs.map(_told, names), strict=True))


def _told(name: str) -> dict[str, Any]:
    program = (sys.executable, "-m", f"services.{name}.app", "--openapi")
    ended = subprocess.run(program, cwd=ROOT, env={"PYTHONUTF8": "1"}, capture_output=True, check=False)
    if ended.returncode:
        raise CommandFailed(f"{name} cannot say what it serves:\n{ended.stderr.decode()[-2000:]}")
    document: dict[str, Any] = json.loads(ended.stdout)
    return document


def taken_away(old: Document, new: Document) -> Iterator[str]:
    """What callers of the old routes would miss in the new ones: who calls is not always rolled out together."""
    for path, methods in old["paths"].items():
        for method, before in methods.items():
            after = new["paths"].get(path, {}).get(method)
            route = f"{method.upper()} {path}"
            if after is None:
                yield f"{route} is gone"
            else:
                yield from (f"{route}: {one}" for one in _refused(old, before, new, after))


def _refused(old: Document, before: Document, new: Document, after: Document) -> Iterator[str]:
    """What an old caller sends and a new route refuses, and the successes that are no more."""
    known = {(one["in"], one["name"]) for one in before.get("parameters", ()) if one.get("required")}
    for one in after.get("parameters", ()):
        if one.get("required") and (one["in"], one["name"]) not in known:
            yield f"{one['in']} parameter {one['name']} is now required"
    if after.get("requestBody", {}).get("required") and not before.get("requestBody", {}).get("required"):
        yield "a body is now required"
    sent, taken = _body(old, before), _body(new, after)
    if sent is not None and taken is not None:
        yield from (f"body{one}" for one in unreadable(sent, taken))
        lost = sent.get("properties", {}).keys() - taken.get("properties", {}).keys()
        yield from (f"body/{one} is no longer taken" for one in sorted(lost))
    for status in before["responses"]:
        if status < "400" and status not in after["responses"]:
            yield f"no longer answers {status}"


def _body(document: Document, operation: Document) -> Document | None:
    """The schema of what is sent as JSON, with the definitions that it refers to."""
    sent = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if sent is None:
        return None
    definitions = document["components"]["schemas"]
    named = definitions.get(sent["schema"].get("$ref", "").rpartition("/")[2], sent["schema"])
    return {**named, "$defs": definitions}
