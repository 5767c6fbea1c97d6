"""Which facts other systems may choose, and how a fact is told."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

MOST_BYTES = 20_000
LONGEST_PART = 1_000
OLDEST_REPLAY = timedelta(hours=24)


def name_of(event_type: str) -> str:
    """`io.parvis.moderation.CaseEscalated.v1` → `CaseEscalated`."""
    return event_type.split(".")[-2]


def tells(data: Mapping[str, Any], replayed_from: datetime | None, now: datetime) -> bool:
    """Whether a fact is news: not what was said before the channel was connected, nor a replay of what is a day old."""
    return not data.get("backfill") and (replayed_from is None or now - replayed_from <= OLDEST_REPLAY)


def body_of(event_type: str, time: datetime, data: Mapping[str, Any]) -> str:
    """The message: `type`, `timestamp`, `data` as the event's published schema has it.

    A message stays under 20 kB: of a longer one the long parts are left out, and `truncated` names them.
    """
    whole = {"type": event_type, "timestamp": time.isoformat().replace("+00:00", "Z"), "data": dict(data)}
    text = _written(whole)
    if len(text.encode()) <= MOST_BYTES:
        return text
    kept = {name: value for name, value in data.items() if len(_written(value).encode()) <= LONGEST_PART}
    return _written(whole | {"data": kept, "truncated": sorted(set(data) - set(kept))})


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
