"""A verdict on one revision, as it is stored and as it is stated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.moderation.domain.judge.seat import Opinion, Spoke
from services.moderation.domain.policy.compiled import Ruling
from services.moderation.domain.wish import TAKES_DOWN, hidden_after, of_verdict
from shared.events.ids import derive
from shared.events.ingest.parts import InteractionText

Row = dict[str, Any]
STATED_REASONS = 8


@dataclass(frozen=True, slots=True)
class Standing:
    """What stood before this revision came: who hid an earlier one, the case's last number, and whether a person's
    decision was voided by it."""

    hidden_by: str = ""
    case_seq: int = 0
    voided: bool = False


@dataclass(frozen=True, slots=True)
class Court:
    """Who judges by which rules, and when. `epoch` counts restores."""

    judge: str
    policy_version: int
    shows_held: bool
    at: datetime
    epoch: int = 0


def reach(said: InteractionText, opinion: Opinion, ruling: Ruling, standing: Standing, court: Court) -> Row:
    """The verdict. A case opens where the rule asks for one, a rule failed, or a person had hidden the text before;
    never for what is only noted: the brand's own words, and what was said before the channel was connected."""
    acts = not (said.backfill or said.author_is_brand)
    outcome = ruling.rule.outcome if ruling.rule else "allow"
    wish = of_verdict(
        outcome,
        hidden_by=standing.hidden_by,
        arrived_as=said.visibility,
        acts=acts,
        shows_held=court.shows_held,
    )
    back = standing.voided or standing.hidden_by == "person"
    opens = acts and bool((ruling.rule and ruling.rule.open_case) or ruling.failed or back)
    keeps = opens or (acts and outcome in TAKES_DOWN)
    return {
        "revision": said.revision,
        "epoch": said.epoch + court.epoch,
        "policy_version": court.policy_version,
        "outcome": outcome,
        "wish": wish,
        "rule": ruling.rule.name if ruling.rule else "",
        "also_matched": list(ruling.also),
        "reasons": [_reason(spoke) for spoke in opinion.reasons[:STATED_REASONS]],
        "scores": {signal: score for signal, score in opinion.scores.items() if score},
        "language": opinion.language,
        "judge": court.judge,
        "suggest_reply": ruling.rule.suggest_reply if ruling.rule else "",
        "case_id": derive("case", said.interaction_id) if opens else "",
        "case_seq": standing.case_seq + 1 if keeps else 0,
        "keeps": keeps,
        "evidence_id": derive("evidence", said.interaction_id, said.epoch, said.revision) if keeps else "",
        "severity": max(ruling.rule.severity if ruling.rule else 1, 2 if ruling.failed or back else 1),
        "why": _why(opinion.reasons, ruling, standing),
        "hidden": bool(hidden_after(wish, "rule", standing.hidden_by)),
        "suggested": outcome if outcome in TAKES_DOWN else "",
        "judged_at": court.at,
        "waiting": keeps and wish in TAKES_DOWN and bool(said.media),
    }


def _reason(spoke: Spoke) -> Row:
    return {"signal": spoke.signal, "words": spoke.words[:120], "weight": spoke.weight, "span": list(spoke.span)}


def _why(reasons: Sequence[Spoke], ruling: Ruling, standing: Standing) -> str:
    """In a line: what was wrong with the rules, what went before, what spoke."""
    told = [f"rule {name} failed: {why.splitlines()[0]}" for name, why in ruling.failed[:1]]
    if standing.voided:
        told.append("edited while a decision was being taken")
    elif standing.hidden_by == "person":
        told.append("edited after a person hid it")
    asked = ruling.rule.when if ruling.rule else ""
    spoke = [one for one in reasons if f"scores.{one.signal}" in asked]
    told += [f"{one.signal} {one.weight:.2f}: {one.words[:60]}" for one in spoke[:2]]
    return "; ".join(told)
