"""A case that a person opens from the inbox by deciding it."""

from datetime import datetime
from typing import Any

from services.moderation.domain import case as rules
from services.moderation.domain.wish import NOT_SHOWN
from shared.events.ids import derive

Row = dict[str, Any]


def opened_by_person(case: Row | None, row: Row, person: str, now: datetime, epoch: int) -> Row:
    """The case, new or open again; its number goes on."""
    seq = (case["seq"] if case else 0) + 1
    history = case["history"] if case else []
    known = {} if case else {"_id": derive("case", row["_id"]), "brand_id": row["brand_id"]}
    known |= {} if case else {"interaction_id": row["_id"], "evidence": [], "media_due": None}
    return known | {
        "author_id": row["author"]["id"],
        "place": row["place"],
        "epoch": row["epoch"] + epoch,
        "revision": row["revision"],
        "seq": seq,
        "state": "open",
        "severity": 1,
        "rule": "",
        "why": f"opened by {person}",
        "hidden": bool(row.get("hidden_by")) or row.get("visibility") in NOT_SHOWN,
        "suggested": "",
        "evidence_id": case["evidence_id"] if case and case["revision"] == row["revision"] else "",
        "escalated_to": "",
        **rules.FREE,
        **rules.UNDECIDED,
        "history": rules.told({"history": history, "seq": seq}, now, "opened", person),
        "updated_at": now,
    }
