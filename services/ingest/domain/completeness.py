"""What finished polls cover, and what they leave open."""

from collections.abc import Iterable
from datetime import datetime

Span = tuple[datetime, datetime]


def merge(spans: Iterable[Span]) -> list[Span]:
    """The same time covered by as few spans as possible, in order."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def gaps(spans: Iterable[Span], since: datetime, until: datetime) -> list[Span]:
    """What lies between `since` and `until` and in none of the spans that finished polls cover."""
    found: list[Span] = []
    reached = since
    for start, end in merge(spans):
        if start > until:
            break
        if start > reached:
            found.append((reached, start))
        reached = max(reached, end)
    if reached < until:
        found.append((reached, until))
    return found
