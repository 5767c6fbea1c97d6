"""House rules changed."""

from pydantic import Field

from shared.events.event import Event, Moment, Part
from shared.events.topics import VERDICTS


class Rule(Part):
    """One rule: when its CEL expression is true, the outcome follows."""

    name: str
    when: str
    outcome: str
    open_case: bool = False
    suggest_reply: str = ""
    severity: int = 1


class PolicyChanged(Event):
    """A new version of a policy: an agency's defaults (`brand_id` empty) or one brand's own rules."""

    TOPIC = VERDICTS
    EXAMPLE = {
        "agency_id": "ag-rivage",
        "brand_id": "br-kerlann",
        "version": 9,
        "rules": [{"name": "insult", "when": "scores.insult >= 0.8", "outcome": "hide", "open_case": True}],
        "person": "ines",
        "at": "2026-11-25T09:05:00Z",
    }

    agency_id: str
    brand_id: str = ""
    epoch: int = 0
    version: int
    rules: list[Rule] = Field(default_factory=list)
    person: str = ""
    at: Moment

    def owner_id(self) -> str:
        """The brand, else the agency."""
        return self.brand_id or self.agency_id

    def subject(self) -> str:
        """The policy is named by whose it is."""
        return f"policy/{self.owner_id()}"

    def identity(self) -> tuple[str | int, ...]:
        """Its version."""
        return (self.epoch, self.version)
