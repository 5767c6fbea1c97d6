"""The events that moderation states, from what it stored: the same row always yields the same event."""

from datetime import datetime
from typing import Any, TypeVar

from shared.events.ingest.interaction_received import InteractionReceived
from shared.events.ingest.parts import InteractionText, Place
from shared.events.moderation.case_opened import CaseOpened
from shared.events.moderation.interaction_judged import InteractionJudged
from shared.events.moderation.parts import CaseFact

F = TypeVar("F", bound=CaseFact)
Row = dict[str, Any]

_SAME = (
    "revision",
    "epoch",
    "policy_version",
    "outcome",
    "wish",
    "rule",
    "also_matched",
    "scores",
    "language",
    "judge",
    "suggest_reply",
    "case_id",
    "judged_at",
)
_REASON = ("signal", "words", "weight")


def judged(row: Row, said: InteractionText | None = None) -> InteractionJudged:
    """The verdict that the row holds; of a first text with what was `said`."""
    verdict = row["verdict"]
    return InteractionJudged(
        brand_id=row["brand_id"],
        interaction_id=row["_id"],
        place=Place.model_validate(row["place"]),
        reasons=[{name: reason[name] for name in _REASON} for reason in verdict["reasons"]],
        backfill=row["backfill"],
        seen_at=row["seen_at"],
        first_text=said if isinstance(said, InteractionReceived) else None,
        **{name: verdict[name] for name in _SAME},
    )


def opened(row: Row) -> CaseOpened | None:
    """The case that the verdict opened, if it did."""
    verdict = row["verdict"]
    if not verdict["case_id"]:
        return None
    return CaseOpened(
        brand_id=row["brand_id"],
        epoch=verdict["epoch"],
        case_id=verdict["case_id"],
        interaction_id=row["_id"],
        place=Place.model_validate(row["place"]),
        revision=verdict["revision"],
        seq=verdict["case_seq"],
        at=verdict["judged_at"],
        severity=verdict["severity"],
        rule=verdict["rule"],
        why=verdict["why"],
        hidden=verdict["hidden"],
        suggested=verdict["suggested"],
        evidence_id=verdict["evidence_id"],
        backfill=row["backfill"],
    )


def about(kind: type[F], case: Row, at: datetime, **more: Any) -> F:
    """A fact about a case as it is now."""
    return kind(
        brand_id=case["brand_id"],
        epoch=case["epoch"],
        case_id=case["_id"],
        interaction_id=case["interaction_id"],
        place=Place.model_validate(case["place"]),
        revision=case["revision"],
        seq=case["seq"],
        at=at,
        **more,
    )
