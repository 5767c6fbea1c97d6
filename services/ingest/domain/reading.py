"""What one finished poll means: which objects are new to us, which are missing from it, what it covers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from services.ingest.domain.completeness import Span, merge
from services.ingest.domain.facts import is_backfill
from services.ingest.domain.memory import Memory, is_new_version
from shared.networks.capabilities import Page, RawChange, Sighting

KEEP_COVERAGE = timedelta(hours=24)
LONGEST_PAUSE = 600.0
DOUBLINGS = 10  # beyond these a pause is the longest anyway, and the power would end in an overflow
MARK_LENGTH = 13
MOST_CARRIED = 20_000


def says_something_new(sighting: Sighting, memory: Memory | None) -> bool:
    """Whether the raw stream needs this look; a poll shows the same hundreds of objects again and again.

    That a poll saw it matters once where no webhook came before: completeness counts it.
    """
    if memory is None or (memory.poll_at is None and memory.webhook_at is None):
        return True
    if sighting.kind == "deleted":
        return not memory.deleted
    return not memory.deleted and (
        sighting.text != memory.text
        or (sighting.visibility or memory.visibility) != memory.visibility
        or is_new_version(memory, sighting.version)
    )


def mark(interaction_id: str) -> str:
    """Enough of an id to know it again among those of one reading."""
    return interaction_id[:MARK_LENGTH]


def seen_so_far(carried: Sequence[str] | None, on_page: Iterable[str]) -> list[str] | None:
    """Marks of what this reading's earlier pages (`carried`) and this one saw; None where they are too many to keep."""
    if carried is None:
        return None
    seen = [*carried, *(mark(one) for one in on_page)]
    return seen if len(seen) <= MOST_CARRIED else None


def covered(before: Sequence[Span], page: Page, now: datetime) -> list[Span]:
    """The spans that finished polls cover, with this page's own, over the last day."""
    spans = list(before)
    if page.covered_from is not None and page.covered_until is not None:
        spans.append((page.covered_from, page.covered_until))
    horizon = now - KEEP_COVERAGE
    return [(max(start, horizon), end) for start, end in merge(spans) if end > horizon]


def pause(interval: float, failures: int) -> float:
    """Seconds until the next poll: doubled for each failure in a row, ten minutes at most."""
    return min(interval * 2.0 ** min(failures, DOUBLINGS), max(interval, LONGEST_PAUSE))


def lane(change: RawChange, sightings: Mapping[str, Sighting], connected_at: datetime) -> str:
    """What was said before the channel was connected has a lane of its own."""
    sighting = sightings.get(change.external_id)
    said = None if sighting is None else sighting.said_at
    return "backfill" if said is not None and is_backfill(said, connected_at) else "main"
