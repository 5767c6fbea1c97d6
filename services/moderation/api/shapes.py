"""What commands carry."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from shared.events.moderation.parts import CASE_EXAMPLE
from shared.events.moderation.policy_changed import Rule

RULES_EXAMPLE: dict[str, JsonValue] = {
    "version": 9,
    "rules": [
        {
            "name": "insult",
            "when": "scores.insult >= 0.8",
            "outcome": "hide",
            "open_case": True,
            "suggest_reply": "",
            "severity": 2,
        }
    ],
}
CASE_STATE_EXAMPLE: dict[str, Any] = {
    **{name: value for name, value in CASE_EXAMPLE.items() if name != "at"},
    "epoch": 0,
    "seq": 2,
    "state": "deciding",
    "severity": 2,
    "rule": "insult",
    "why": "insult 0.93: 'bande d'abrutis'",
    "hidden": True,
    "suggested": "",
    "evidence_id": "0a8d9d3e-2b50-5a64-8d4c-0f2c1b7a6e11",
    "escalated_to": "",
    "claimed_by": "",
    "claimed_until": None,
    "decision": "hide",
    "wish": "keep",
    "decided_by": "ines",
    "reason": "insult",
    "leaves_at": "2026-11-25T09:05:08+00:00",
    "undone": False,
    "reversed": False,
    "updated_at": "2026-11-25T09:05:00+00:00",
}
CASE_READ_EXAMPLE: dict[str, Any] = {
    **CASE_STATE_EXAMPLE,
    "text": "Vous êtes une bande d'abrutis",
    "evidence": [],
    "history": [{"seq": 2, "at": "2026-11-25T09:05:00+00:00", "what": "decided", "person": "ines", "decision": "hide"}],
    "carried_out": None,
    "deleted": None,
}


class Body(BaseModel):
    """Unknown fields are refused: a misspelt one would be lost."""

    model_config = ConfigDict(extra="forbid")


class Decision(Body):
    """A person's decision on the revision that they read."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"revision": 1, "decision": "hide", "reason": "insult"}]})

    revision: int = Field(ge=1)
    decision: Literal["allow", "hide", "delete"]
    reason: str = Field(default="", max_length=500)


class Escalation(Body):
    """To whom a case goes up, and why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"to": "duty lead", "why": "threat to staff"}]})

    to: str = Field(min_length=1, max_length=120)
    why: str = Field(default="", max_length=500)


class HouseRulesBody(Body):
    """All rules in order; `version` is the one that was read, 0 where there were none."""

    model_config = ConfigDict(json_schema_extra={"examples": [RULES_EXAMPLE]})

    rules: list[Rule]
    version: int | None = Field(default=None, ge=0)
