"""What Meta describes of its Graph: each object's edges, their parameters, its fields."""

import re

from tests.networks.overheard import Call
from tests.networks.specs import spec

PAGING = {"fields", "limit", "after", "since"}
EDGES = {"GET": "#get", "POST": "#update", "DELETE": "#delete"}


def described(kind: str, method: str, edge: str) -> set[str]:
    """The parameters of a call on a Graph object, as Meta lists them."""
    for call in spec(f"meta/{kind}.json")["apis"]:
        if call["method"] == method and (call.get("endpoint") or call.get("name")) == (edge or EDGES[method]):
            return {parameter["name"] for parameter in call["params"]}
    raise AssertionError(f"Meta describes no {method} {edge} on {kind}")


def fields_of(kind: str) -> set[str]:
    """The names that may stand in `fields`."""
    described = spec(f"meta/{kind}.json")
    edges = {call.get("endpoint") or call.get("name") for call in described["apis"] if call["method"] == "GET"}
    return {field["name"] for field in described["fields"]} | edges


def asked(call: Call) -> set[str]:
    """The names in `fields`, without what stands inside braces or behind a dot."""
    flat, before = call.sent.get("fields", ""), ""
    while flat != before:
        flat, before = re.sub(r"\{[^{}]*\}", "", flat), flat
    return {name.partition(".")[0] for name in flat.split(",")} - {""}
