"""The bar that takes a decision back while the server has not let it leave: one at a time, on every page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.console.domain.networks import badge
from services.console.words import Words


@dataclass(frozen=True, slots=True)
class Undo:
    """What was decided, how long it can be taken back (seconds left of the whole), and where to ask."""

    words: str
    left: float
    whole: float
    href: str


def undo_of(doc: Mapping[str, Any], now: datetime, whole: float, words: Words, scope: str, section: str) -> Undo | None:
    """The bar for an item whose decision waits to leave; None where nothing waits."""
    case = doc.get("case") or {}
    leaves_at = case.get("leaves_at")
    if case.get("state") != "deciding" or leaves_at is None or leaves_at <= now:
        return None
    decision = case.get("decision") or "allow"
    shown = words(f"undo.{decision}", name=_name(doc), network=badge(doc.get("network", "")).name)
    left = round((leaves_at - now).total_seconds(), 1)
    href = f"/{doc['brand_id']}/undo/{doc['_id']}?scope={scope}&section={section}"
    return Undo(shown, left, max(whole, left), href)


def _name(doc: Mapping[str, Any]) -> str:
    author = doc.get("author") or {}
    return str(author.get("name") or author.get("handle") or "")
