"""What the CRM page's templates print: endpoints and their deliveries, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.console.words import Words

SIGNS = {
    "active": ("ok", "check"),
    "paused": ("warn", "hold"),
    "disabled": ("bad", "oct"),
    "delivered": ("ok", "check"),
    "waiting": ("warn", "clock"),
    "failed": ("bad", "oct"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A delivery with its latest attempt."""

    id: str
    fact: str
    state: str
    kind: str
    icon: str
    code: str
    why: str
    attempts: int
    took: str
    when: str
    next: str


@dataclass(frozen=True, slots=True)
class EndpointView:
    """An endpoint as the page shows it."""

    id: str
    url: str
    description: str
    events: Sequence[str]
    state: str
    kind: str
    icon: str
    why: str
    failed: int
    told: Sequence[Told]


def endpoint_view(
    endpoint: Mapping[str, Any], attempts: Sequence[Mapping[str, Any]], failed: int, words: Words, now: datetime
) -> EndpointView:
    """The endpoint with its latest deliveries, the newest first."""
    kind, icon = SIGNS.get(endpoint["state"], ("mute", "ring"))
    return EndpointView(
        id=endpoint["_id"],
        url=endpoint["url"],
        description=endpoint["description"],
        events=[words.known(f"crm.fact_{name}", name) for name in endpoint["events"]],
        state=endpoint["state"],
        kind=kind,
        icon=icon,
        why=endpoint["why"],
        failed=failed,
        told=[_told(one, words, now) for one in attempts],
    )


def _told(attempt: Mapping[str, Any], words: Words, now: datetime) -> Told:
    kind, icon = SIGNS.get(attempt["state"], ("mute", "ring"))
    name = attempt["event_type"].split(".")[-2]
    waits = attempt["state"] == "waiting" and attempt.get("next_at")
    return Told(
        id=attempt["_id"],
        fact=words.known(f"crm.fact_{name}", name),
        state=attempt["state"],
        kind=kind,
        icon=icon,
        code=str(attempt["status"] or ""),
        why=attempt["why"],
        attempts=attempt["attempts"],
        took=f"{words.number(attempt['milliseconds'])} ms",
        when=words.moment(attempt["at"], now),
        next=words.moment(attempt["next_at"], now) if waits else "",
    )
