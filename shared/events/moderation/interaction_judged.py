"""Moderation's judgement of one revision."""

from collections.abc import Mapping
from typing import Self

from pydantic import Field, model_validator

from shared.events.event import BrandEvent, Moment, Part
from shared.events.ingest.interaction_received import InteractionReceived
from shared.events.ingest.parts import PLACE_EXAMPLE, Place
from shared.events.topics import VERDICTS


class Reason(Part):
    """One thing that spoke for the verdict: the signal, the words that spoke, their weight."""

    signal: str
    words: str = ""
    weight: float = 0.0


class InteractionJudged(BrandEvent):
    """A verdict on one revision, with its why.

    `outcome` is the rule's (allow, hide, delete); `wish` is what the network should show now (show, hide, delete,
    keep: nothing changes). Orders by (epoch, revision, policy_version). `seen_at` is the receipt, for dwell times.
    `first_text` is the fact that was judged, where it was the first of its interaction: who shows both together needs
    no other message.
    """

    TOPIC = VERDICTS
    EXAMPLE = {
        "brand_id": "br-kerlann",
        "interaction_id": "b3b6f5b4-6a8e-5c5f-8d0f-1f1f5c0a7e21",
        "place": PLACE_EXAMPLE,
        "revision": 1,
        "policy_version": 9,
        "outcome": "allow",
        "wish": "keep",
        "rule": "criticism-gets-an-answer",
        "reasons": [{"signal": "complaint", "words": "toujours rien", "weight": 0.91}],
        "scores": {"complaint": 0.91, "insult": 0.03},
        "language": "fr",
        "judge": "lexicon/1",
        "seen_at": "2026-11-25T09:00:00.400Z",
        "judged_at": "2026-11-25T09:00:00.600Z",
    }

    interaction_id: str
    place: Place
    revision: int
    policy_version: int
    outcome: str
    wish: str
    rule: str = ""
    also_matched: list[str] = Field(default_factory=list)
    reasons: list[Reason] = Field(default_factory=list)
    scores: dict[str, float] = Field(default_factory=dict)
    language: str = ""
    judge: str
    suggest_reply: str = ""
    case_id: str = ""
    backfill: bool = False
    seen_at: Moment
    judged_at: Moment
    first_text: InteractionReceived | None = None

    @model_validator(mode="after")
    def _brings_its_own_text(self) -> Self:
        """Key and header vouch for the verdict's brand alone."""
        text = self.first_text
        same = (self.brand_id, self.interaction_id, self.revision)
        if text is not None and (text.brand_id, text.interaction_id, text.revision) != same:
            raise ValueError("the text is not the one that was judged")
        return self

    def subject(self) -> str:
        """The interaction."""
        return self.interaction_id

    def ordering(self) -> str:
        """A conversation stays together."""
        return self.place.thread_id

    def attributes(self) -> Mapping[str, str]:
        """What it wishes: most wish nothing."""
        return {"wish": self.wish}

    def identity(self) -> tuple[str | int, ...]:
        """One verdict a revision and policy version."""
        return (self.epoch, self.revision, self.policy_version)
