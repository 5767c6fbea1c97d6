"""A case: what a person must see. Pure steps from one state to the next; each raises the case's own number."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from shared.errors import Conflict
from shared.events.ids import derive

Row = dict[str, Any]
WAITING = frozenset({"open", "claimed"})
DECISIONS = ("allow", "hide", "delete")
FREE: Row = {"claimed_by": "", "claimed_until": None}
SHOWN = (
    *("brand_id", "interaction_id", "place", "revision", "state", "seq", "epoch", "updated_at"),
    *("severity", "rule", "why", "hidden", "suggested", "evidence_id", "escalated_to"),
    *("claimed_by", "claimed_until"),
    *("decision", "wish", "decided_by", "reason", "leaves_at", "undone", "reversed"),
)
UNDECIDED: Row = {
    "decision": "",
    "wish": "",
    "decided_by": "",
    "reason": "",
    "leaves_at": None,
    "before": "",  # who had taken it down before the decision: a deletion leaves only the case to say so
    "outbox_id": "",
    "stated": False,
    "undone": False,
    "reversed": False,
}


def of_verdict(row: Row) -> Row:
    """The case that a row's verdict needs; evidence lies in it. Closed where the rule asks nobody."""
    verdict = row["verdict"]
    case = {
        "_id": derive("case", row["_id"]),
        "brand_id": row["brand_id"],
        "interaction_id": row["_id"],
        "author_id": row["author"]["id"],
        "seq": verdict["case_seq"],
        "escalated_to": "",
        "history": [],
        "evidence": [],
        "media_due": None,
    }
    return case | reopened(case, row)


def reopened(case: Row, row: Row) -> Row:
    """What changes in a case when its interaction's newest verdict asks for a person, or needs evidence kept."""
    verdict = row["verdict"]
    opens, at = bool(verdict["case_id"]), verdict["judged_at"]
    return {
        "place": row["place"],
        "epoch": verdict["epoch"],
        "revision": verdict["revision"],
        "state": "open" if opens else "closed",
        **{name: verdict[name] for name in ("severity", "rule", "why", "hidden", "suggested", "evidence_id")},
        **FREE,
        **UNDECIDED,
        "evidence": with_evidence(case["evidence"], evidence_of(row, verdict["evidence_id"])),
        "history": told(case, at, "opened" if opens else "kept", rule=verdict["rule"], why=verdict["why"]),
        "updated_at": at,
    }


def evidence_of(row: Row, evidence_id: str) -> Row:
    """What was said, by whom, where and when, as it stood before anything was hidden; `sha256` is the text's."""
    kept = ("text", "author", "place", "kind", "said_at", "seen_at", "language", "visibility", "revision", "backfill")
    media = [dict(one) | {"state": "wanted"} for one in row["media"]]
    verdict = row.get("verdict")
    return {
        "evidence_id": evidence_id,
        **{name: row.get(name) for name in kept},
        "sha256": sha256(row.get("text", "").encode()).hexdigest(),
        "verdict": {name: verdict[name] for name in ("outcome", "rule", "scores", "reasons")} if verdict else None,
        "media": media,
    }


def file_of(evidence_id: str, place: int) -> str:
    """The id of the file that keeps an evidence's medium: the same at each try, known before it is noted anywhere."""
    return derive("media", evidence_id, place)


def with_evidence(evidence: Sequence[Row], one: Row) -> list[Row]:
    """The evidence with one more revision of it; each is kept once."""
    if not one["evidence_id"] or any(kept["evidence_id"] == one["evidence_id"] for kept in evidence):
        return list(evidence)
    return [*evidence, one]


def lacks_media(case: Row) -> bool:
    """Whether media of what is before the person is still being fetched."""
    return any(one["state"] == "wanted" for kept in case["evidence"] for one in kept["media"])


def told(case: Row, at: datetime, what: str, person: str = "", **more: Any) -> list[Row]:
    """The case's history with one more line."""
    return [*case["history"], {"seq": case["seq"], "at": at, "what": what, "person": person, **more}]


def check_free(case: Row, person: str, now: datetime, current: Row) -> None:
    """Raise 409 where the case does not wait, or waits for somebody else."""
    if case["state"] not in WAITING:
        raise Conflict(current, f"this case is {case['state']}")
    if held_by_other(case, person, now):
        raise Conflict(current, f"{case['claimed_by']} has this case")


def held_by_other(case: Row, person: str, now: datetime) -> bool:
    """Whether somebody else's claim has not run out."""
    until: datetime | None = case["claimed_until"]
    return bool(case["claimed_by"]) and case["claimed_by"] != person and until is not None and until > now


def state_of(case: Row, now: datetime, text: str | None = None) -> Row:
    """What a command answers with; JSON-safe. A decision is final when its window has passed."""
    state = {"case_id": case["_id"]} | {name: case.get(name) for name in SHOWN}
    if case["state"] == "deciding" and case["stated"] and case["leaves_at"] <= now:
        state["state"] = "decided"
    if case["state"] == "claimed" and case["claimed_until"] <= now:
        state |= {"state": "open", "claimed_by": ""}
    for name in ("claimed_until", "leaves_at", "updated_at"):
        state[name] = state[name].isoformat() if state[name] else None
    return state if text is None else state | {"text": text}
