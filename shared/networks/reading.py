"""Reading what came from outside: what is not as described is a ValueError, never another error."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any


def loaded(body: bytes) -> Mapping[str, Any]:
    """The JSON object that these bytes are."""
    return mapping(parsed(body))


def parsed(body: bytes) -> Any:
    """Whatever JSON these bytes are."""
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def mapping(value: Any) -> Mapping[str, Any]:
    """The value, which is an object."""
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 (what came from outside is a wrong value)
    return value


def nested(found: Any, *names: str) -> Any:
    """What stands under these names, one inside the other; None where there is no such thing."""
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def text(found: Mapping[str, Any], name: str) -> str:
    """A word or a number that must be there, as a word."""
    value = found.get(name)
    if not isinstance(value, str | int) or not str(value):
        raise ValueError(f"{name} is missing")
    return str(value)


def listed(found: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    """A list of objects that must be there."""
    value = found.get(name)
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ValueError(f"{name} is not a list of objects")
    return value


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC, which is taken for its zone where it has none."""
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("a time that no calendar has") from None


def packed(value: Mapping[str, Any]) -> bytes:
    """The object as JSON, in UTF-8 whatever it holds."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
