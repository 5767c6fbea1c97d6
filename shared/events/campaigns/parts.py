"""What facts about a campaign share."""

from datetime import date
from typing import Any

from pydantic import Field

from shared.events.event import BrandEvent, Moment, Part
from shared.events.topics import CAMPAIGNS


class Criterion(Part):
    """One condition of an audience: a CEL expression over a person's profile; all of a campaign's must hold."""

    when: str


class Arm(Part):
    """A creative, and the fixed share (percent) of the campaign that it gets."""

    name: str
    text: str = ""
    link: str = ""
    share: int


class CampaignFact(BrandEvent):
    """A campaign's whole state after something happened to it; the higher `seq` wins.

    Days are the brand's (`timezone`), both included; money is in cents of `currency`. `state` is draft, running,
    paused or ended, since `turned_at`; `cause` is the word for why (started, person, crisis, eased, pace, budget,
    schedule, …), `why` what a person or network said. `serving` says whether its ads are wanted on; `confirmed` whether
    the ad network has said that they are as wanted. `audience_size` is None while it is being counted.
    """

    TOPIC = CAMPAIGNS

    campaign_id: str
    seq: int
    name: str
    objective: str
    channel_id: str
    first_day: date
    last_day: date
    timezone: str = "UTC"
    budget: int
    currency: str = "EUR"
    pacing: str = "even"
    criteria: list[Criterion] = Field(default_factory=list)
    arms: list[Arm] = Field(default_factory=list)
    state: str
    cause: str = ""
    why: str = ""
    turned_at: Moment
    serving: bool = False
    confirmed: bool = True
    audience_size: int | None = None
    spent: int = 0
    person: str = ""
    at: Moment

    def subject(self) -> str:
        """The campaign."""
        return self.campaign_id

    def identity(self) -> tuple[str | int, ...]:
        """The campaign's own number."""
        return (self.epoch, self.seq)


CAMPAIGN_EXAMPLE: dict[str, Any] = {
    "brand_id": "br-kerlann",
    "campaign_id": "4d0c1a52-7d0f-4b0e-8b59-0d7c9a3a1c11",
    "seq": 3,
    "name": "Winter launch",
    "objective": "conversions",
    "channel_id": "ch-kerlann-ads",
    "first_day": "2026-11-20",
    "last_day": "2026-12-06",
    "timezone": "Europe/Paris",
    "budget": 2400000,
    "criteria": [{"when": "said_30_days >= 2 && mood.positive > 0.5"}],
    "arms": [
        {"name": "A", "text": "The coat on its peg", "share": 50},
        {"name": "B", "text": "Rain on the sleeve", "share": 50},
    ],
    "state": "running",
    "cause": "started",
    "turned_at": "2026-11-20T08:00:00Z",
    "serving": True,
    "audience_size": 4120,
    "spent": 0,
    "person": "ines",
    "at": "2026-11-20T08:00:00Z",
}
