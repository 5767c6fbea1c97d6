"""What the commands of campaigns take and answer."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from fastapi.encoders import jsonable_encoder
from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator

from services.campaigns.domain.audience.criteria import LONGEST, MOST
from services.campaigns.domain.statements import campaign_fact
from shared.events.campaigns.campaign_changed import CampaignChanged

MOST_ARMS = 2
MOST_BUDGET = 100_000_000_00
ARMS: JsonValue = [
    {"name": "A", "text": "The coat on its peg", "link": "https://kerlann.example/coat", "share": 50},
    {"name": "B", "text": "Rain on the sleeve", "link": "https://kerlann.example/coat", "share": 50},
]
PLAN_EXAMPLE: dict[str, JsonValue] = {
    "name": "Winter launch",
    "objective": "conversions",
    "channel_id": "ch-kerlann-ads",
    "first_day": "2026-11-20",
    "last_day": "2026-12-06",
    "budget": 2400000,
    "currency": "EUR",
    "pacing": "even",
    "criteria": ["said_30_days >= 2", "mood.positive > 0.5"],
    "arms": ARMS,
}
STATE_EXAMPLE: dict[str, JsonValue] = {
    **PLAN_EXAMPLE,
    "criteria": [{"when": "said_30_days >= 2"}, {"when": "mood.positive > 0.5"}],
    "campaign_id": "4d0c1a52-7d0f-4b0e-8b59-0d7c9a3a1c11",
    "brand_id": "br-kerlann",
    "seq": 3,
    "timezone": "Europe/Paris",
    "state": "running",
    "cause": "started",
    "why": "",
    "turned_at": "2026-11-20T08:00:00Z",
    "serving": True,
    "confirmed": False,
    "audience_size": 4120,
    "spent": 0,
    "person": "ines",
    "trouble": "",
    "at": "2026-11-20T08:00:00Z",
}
PREVIEW_EXAMPLE: dict[str, JsonValue] = {
    "size": 4120,
    "sample": [
        {
            "person_id": "0b8f0b0e-52a3-5d6c-9a43-0c6d5f2f7a10",
            "name": "Hélène R.",
            "handle": "helene.r.voile",
            "network": "facebook",
            "said": 7,
            "last_seen_at": "2026-11-25T09:00:00+00:00",
        }
    ],
}
Expression = Annotated[str, StringConstraints(max_length=LONGEST, min_length=1, strip_whitespace=True)]


class ArmShape(BaseModel):
    """A creative, and its fixed share (percent)."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=40, pattern=r"^[^|]+$")
    text: str = Field("", max_length=2000)
    link: str = Field("", max_length=500, pattern=r"^(https?://\S+)?$")
    share: int = Field(ge=1, le=100)


class Plan(BaseModel):
    """A whole plan. Days are the brand's, both included; `budget` is in cents, and hard.

    `pacing` is even (over the days and each day) or fast. All `criteria` (CEL) must hold of a person; without any it is
    everybody the brand knows."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [PLAN_EXAMPLE]})

    campaign_id: str = Field("", max_length=100, pattern=r"^[\w-]*$")
    name: str = Field(min_length=1, max_length=200)
    objective: Literal["awareness", "traffic", "conversions"] = "awareness"
    channel_id: str = Field(max_length=200)
    first_day: date
    last_day: date
    budget: int = Field(gt=0, le=MOST_BUDGET)
    currency: str = Field("EUR", pattern="^[A-Z]{3}$")
    pacing: Literal["even", "fast"] = "even"
    criteria: list[Expression] = Field(default_factory=list, max_length=MOST)
    arms: list[ArmShape] = Field(min_length=1, max_length=MOST_ARMS)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.last_day < self.first_day:
            raise ValueError("the last day is before the first")
        if sum(arm.share for arm in self.arms) != 100:
            raise ValueError("the shares of the creatives must come to 100")
        if len({arm.name for arm in self.arms}) != len(self.arms):
            raise ValueError("two creatives have this name")
        return self

    def stored(self) -> dict[str, Any]:
        """As the campaign keeps it."""
        kept = self.model_dump(include={"name", "objective", "channel_id", "budget", "currency", "pacing", "arms"})
        days = {"first_day": self.first_day.isoformat(), "last_day": self.last_day.isoformat()}
        return kept | days | {"criteria": [{"when": when} for when in self.criteria]}


class Asked(BaseModel):
    """An audience to look at before anything is spent."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"criteria": PLAN_EXAMPLE["criteria"]}]})

    criteria: list[Expression] = Field(default_factory=list, max_length=MOST)


class Reason(BaseModel):
    """Why, in the person's own words."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"why": "the shop is out of stock"}]})

    why: str = Field("", max_length=500)


OPT_OUT_EXAMPLE: dict[str, Any] = {
    "person_id": "0b8f0b0e-52a3-5d6c-9a43-0c6d5f2f7a10",
    "out": True,
    "seq": 1,
    "epoch": 0,
    "person": "ines@rivage.example",
    "at": "2026-11-25T09:20:00Z",
}


class OptOut(BaseModel):
    """Whether this person is never to be addressed again."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"out": True}]})

    out: bool = True


def campaign_state(campaign: Mapping[str, Any]) -> dict[str, Any]:
    """The campaign as commands answer it: what its facts carry, and what its network last refused."""
    fact = campaign_fact(CampaignChanged, campaign, at=campaign["changed_at"], epoch=0)
    return {**fact.model_dump(mode="json", exclude={"epoch"}), "trouble": campaign["trouble"]}


def person_state(profile: Mapping[str, Any]) -> dict[str, Any]:
    """One of a sample."""
    shown = ("person_id", "name", "handle", "network", "said", "last_seen_at")
    return dict(jsonable_encoder({name: profile[name] for name in shown}))
