"""How a revision is remembered: its row, and the key under which the same words are met again."""

import hashlib
import re
from datetime import datetime
from typing import Any

from shared.events.ingest.parts import InteractionText

Row = dict[str, Any]
NOT_WORD = re.compile(r"[\W_]+")
GONE = (
    *("author", "text", "language", "media", "echo", "said_at", "kind"),
    *("verdict", "hidden_by", "decision", "arrived_as", "cause"),
)
LONG = 24
SHORTEST = 3


def echo_key(said: InteractionText, folded: str) -> str | None:
    """The same long text in a brand has the same key whoever says it; a short one only from the same author.

    None where there is too little to compare, or where it is not to be counted.
    """
    letters = NOT_WORD.sub("", folded)
    if len(letters) < SHORTEST or said.backfill or said.author_is_brand:
        return None
    who = "" if len(letters) >= LONG else said.author.id
    return hashlib.blake2b(f"{said.brand_id}\x1f{who}\x1f{letters}".encode(), digest_size=12).hexdigest()


def row_of(said: InteractionText, echo: str | None) -> Row:
    """All that moderation keeps of a revision; nothing of what it keeps beside it."""
    return {
        "epoch": said.epoch,
        "revision": said.revision,
        "place": said.place.model_dump(),
        "kind": said.kind,
        "author": said.author.model_dump(),
        "author_is_brand": said.author_is_brand,
        "text": said.text,
        "language": said.language,
        "media": [one.model_dump() for one in said.media],
        "said_at": as_stored(said.said_at),
        "seen_at": as_stored(said.seen_at),
        "backfill": said.backfill,
        "arrived_as": said.visibility,
        "echo": echo,
    }


def as_stored(moment: datetime) -> datetime:
    """To the millisecond, as the database keeps it: what is stated first and what is stated again are the same."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def number(row: Row | None) -> tuple[int, int]:
    """(epoch, revision) of a row; of none, or of one that only a deletion or visibility made, below all others."""
    return (row.get("epoch", 0), row.get("revision", 0)) if row else (0, 0)


def tombstone() -> Row:
    """What a deletion takes away: nothing that was said, or by whom, stays outside the evidence of a case."""
    return dict.fromkeys(GONE, "")
