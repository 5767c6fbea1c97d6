"""The audit chain's rules: each link names the hash of the one before; what is personal is in it as a salted hash."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

PLAIN = ("brand_id", "act", "about")  # what a link says in clear, beside its number and time
Row = Mapping[str, Any]


def link(row: Row, number: int, before: str) -> dict[str, Any]:
    """The link of a log row as its store holds it. `before` is the digest of link `number - 1`, empty for the first."""
    told = {name: row[name] for name in PLAIN} | {"entry": row["_id"], "at_ms": int(row["at"].timestamp() * 1000)}
    told |= {"n": number, "before": before} | {name: _salted(row, name) for name in ("person", "details")}
    return told | {"digest": _hash(told)}


def first_broken(links: Iterable[Row], rows: Mapping[str, Row], head: Row) -> tuple[int, str] | None:
    """The number of the first link of a brand's chain that does not hold, and why; None where all of it holds.

    `links` in order; `rows` the log by id, of which an `erased` one has only its links' hashes left; `head` the number
    and digest that the writer noted last.
    """
    number, before = 0, ""
    for one in links:
        number += 1
        told = {name: value for name, value in one.items() if name not in ("_id", "digest")}
        if (one["n"], one["before"]) != (number, before) or _hash(told) != one["digest"]:
            return number, "the link was changed, or one before it is missing"
        row = rows.get(one["entry"])
        if row is None:
            return number, "its row is missing"
        if not row.get("erased") and link(row, number, before)["digest"] != one["digest"]:
            return number, "its row was changed"
        before = one["digest"]
    return None if (head["n"], head["digest"]) == (number, before) else (number + 1, "links at the end are missing")


def _salted(row: Row, name: str) -> str:
    return _hash({"salt": row["salt"], "of": row[name]})


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
