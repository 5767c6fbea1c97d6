"""What commands carry."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.events.moderation.policy_changed import Rule


class Body(BaseModel):
    """Unknown fields are refused: a misspelt one would be lost."""

    model_config = ConfigDict(extra="forbid")


class Decision(Body):
    """A person's decision on the revision that they read."""

    revision: int = Field(ge=1, examples=[1])
    decision: Literal["allow", "hide", "delete"] = Field(examples=["hide"])
    reason: str = Field(default="", max_length=500, examples=["insult"])


class Escalation(Body):
    """To whom a case goes up, and why."""

    to: str = Field(min_length=1, max_length=120, examples=["duty lead"])
    why: str = Field(default="", max_length=500, examples=["threat to staff"])


class HouseRulesBody(Body):
    """All rules in order; `version` is the one that was read, 0 where there were none."""

    rules: list[Rule]
    version: int | None = Field(default=None, ge=0, examples=[0])
