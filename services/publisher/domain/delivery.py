"""A delivery's life: at most one create call an attempt, and an unknown outcome is settled by looking.

scheduled → claimed → sending → confirmed | rejected | unknown, and back to scheduled where it is proved that nothing
was sent; unknown → confirmed | scheduled (proved absent) | stranded (a person says).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from shared.errors import OutcomeUnknown
from shared.networks.capabilities import DeliveryKey, Media, Published, Rendition, Target

ENDED = frozenset({"confirmed", "rejected", "cancelled"})
LONGEST_PAUSE = 60.0
DOUBLINGS = 10  # beyond these a pause is the longest anyway, and the power would end in an overflow
LONGEST_TROUBLE = 600.0
MOST_TROUBLES = 12  # over an hour of looks that failed: then a person must say


@dataclass(frozen=True, slots=True)
class Settled:
    """What one look decided. `again_in` is in seconds where the outcome stays unknown."""

    state: Literal["confirmed", "absent", "unknown", "stranded"]
    published: Published | None = None
    again_in: float = 0.0
    why: str = ""


def after_look(
    found: Sequence[Published], looks_done: int, looks: Sequence[float], now: datetime, proven_after: datetime
) -> Settled:
    """Decide after one more look. `found` are candidates that no other delivery has adopted.

    Absent needs every look of `looks` empty and `proven_after` (the request's deadline plus the network's commit
    bound) passed.
    """
    if len(found) == 1:
        return Settled("confirmed", found[0])
    if len(found) > 1:
        return Settled("stranded", why=f"{len(found)} things on the network look like it; say which")
    done = looks_done + 1
    if done < len(looks):
        return Settled("unknown", again_in=looks[done] - looks[done - 1])
    if now < proven_after:
        return Settled("unknown", again_in=(proven_after - now).total_seconds())
    return Settled("absent")


def pause(not_sent: int, after: float) -> float:
    """Seconds before the next attempt when nothing was sent: what the network asks, else doubled each time."""
    return max(after, min(LONGEST_PAUSE, 0.5 * 2.0 ** min(not_sent, DOUBLINGS)))


def why_unknown(error: Exception) -> str:
    """For people: why nobody knows what became of a call. What a stranger's error says is not repeated."""
    if isinstance(error, OutcomeUnknown):
        return error.reason
    return "no answer in time" if isinstance(error, TimeoutError) else f"an unreadable answer ({type(error).__name__})"


def after_trouble(troubles: int, after: float) -> float | None:
    """Seconds until the next look when the network could not be asked `troubles` times; None: ask a person."""
    if troubles >= MOST_TROUBLES:
        return None
    return max(after, min(LONGEST_TROUBLE, 10.0 * 2.0**troubles))


def is_late(due_at: datetime, now: datetime, late_after_minutes: int) -> bool:
    """What is due for longer than the brand allows does not leave by itself."""
    return now - due_at > timedelta(minutes=late_after_minutes)


def looks_first(
    delivery: Mapping[str, Any], store_epoch: int, raised_at: datetime | None, looks: Sequence[float]
) -> int | None:
    """None, or how many empty looks count as done: a restored store may have forgotten that something went out.

    What was due before the restore may have left at its very end and is looked for as an unknown outcome is. What was
    due later left only where a person sent it early: one empty look is enough.
    """
    if delivery["epoch"] >= store_epoch or raised_at is None:
        return None
    return 0 if delivery["promised_at"] < raised_at else max(0, len(looks) - 1)


def key_of(delivery: Mapping[str, Any]) -> DeliveryKey:
    """What client-chosen ids derive from."""
    return DeliveryKey(delivery["_id"], delivery["created_at"], delivery["epoch"])


def rendition_of(delivery: Mapping[str, Any]) -> Rendition:
    """The post in its network's codes."""
    stored = delivery["rendition"]
    media = tuple(Media(one["url"], one.get("type", ""), one.get("alt", "")) for one in stored.get("media", []))
    words = stored["text"], stored.get("title", ""), stored.get("link", "")
    return Rendition(*words, media, stored.get("language", ""))


def target_of(delivery: Mapping[str, Any]) -> Target:
    """What a reply answers."""
    place = delivery["place"]
    return Target(
        place["external_id"],
        place["thread_external_id"],
        author_handle=delivery["author_handle"],
        author_external_id=delivery["author_external_id"],
        extra=place.get("extra", {}),
    )
