"""Whether everyone who reads one version of an event can read what the writers of another send.

Writers are strict and readers tolerant, so what counts is closed(writer) ⊑ open(reader): *closed* forbids and *open*
allows properties that the schema does not name. Both ways, old to new and new to old, for as long as both run.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
LIMITS = (("minimum", 1), ("maximum", -1), ("minLength", 1), ("maxLength", -1), ("minItems", 1), ("maxItems", -1))


def problems(old: Schema, new: Schema) -> list[str]:
    """Why the change from `old` to `new` breaks somebody; empty where it breaks nobody."""
    return [f"new readers, old events: {one}" for one in unreadable(old, new)] + [
        f"old readers, new events: {one}" for one in unreadable(new, old)
    ]


def unreadable(writer: Schema, reader: Schema) -> Iterator[str]:
    """What `writer` may send and `reader` refuses."""
    yield from _compare(writer, reader, writer, reader, "")


def _compare(writer: Schema, reader: Schema, written: Schema, read: Schema, at: str) -> Iterator[str]:
    written, read = _resolved(written, writer), _resolved(read, reader)
    if "anyOf" in written:
        for choice in written["anyOf"]:
            yield from _compare(writer, reader, choice, read, at)
        return
    if "anyOf" in read:
        if not any(not list(_compare(writer, reader, written, choice, at)) for choice in read["anyOf"]):
            yield f"{at or '/'} may be {_kind(written)}, which is not among what is read"
        return
    if not _kinds(written) <= _kinds(read):
        yield f"{at or '/'} may be {_kind(written)}, read as {_kind(read)}"
        return
    yield from _values(written, read, at)
    yield from _properties(writer, reader, written, read, at)
    for inner in ("items", "additionalProperties"):
        if isinstance(written.get(inner), Mapping) and isinstance(read.get(inner), Mapping):
            yield from _compare(writer, reader, written[inner], read[inner], f"{at}/*")


def _values(written: Schema, read: Schema, at: str) -> Iterator[str]:
    if "enum" in read and not set(written.get("enum", [object()])) <= set(read["enum"]):
        yield f"{at} may hold values that are not among {sorted(map(str, read['enum']))}"
    for name in ("format", "pattern", "const"):
        if name in read and written.get(name) != read[name]:
            yield f"{at} is read with {name} {read[name]!r}"
    for name, sign in LIMITS:
        if name in read and (name not in written or sign * written[name] < sign * read[name]):
            yield f"{at} is read with {name} {read[name]}"


def _properties(writer: Schema, reader: Schema, written: Schema, read: Schema, at: str) -> Iterator[str]:
    told, known = written.get("properties", {}), read.get("properties", {})
    for name in read.get("required", []):
        if name not in written.get("required", []):
            yield f"{at}/{name} is required, and may be absent"
    for name in told.keys() & known.keys():
        yield from _compare(writer, reader, told[name], known[name], f"{at}/{name}")


def _resolved(schema: Schema, document: Schema) -> Schema:
    while "$ref" in schema:
        schema = document["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def _kinds(schema: Schema) -> set[str]:
    kind = schema.get("type", "anything")
    kinds = set(kind) if isinstance(kind, list) else {kind}
    return kinds | {"integer"} if "number" in kinds else kinds


def _kind(schema: Schema) -> str:
    return "/".join(sorted(_kinds(schema)))
