"""What facts about contacts share."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from shared.events.event import BrandEvent, Moment
from shared.events.topics import CONTACTS

# What may be said of a contact, before anything is.
UNSAID: Mapping[str, Any] = {
    **dict.fromkeys(("name", "url", "note", "country", "city"), ""),
    "labels": [],
    "authors": [],
}
CONTACT_EXAMPLE = {
    "brand_id": "br-kerlann",
    "contact_id": "2d1b7c52-0e4f-5c8a-9a61-4c0f6d2b8e33",
    "external_id": "C-20871",
    "seq": 2,
    "name": "Hélène Riou",
    "url": "https://crm.example/contacts/C-20871",
    "note": "subscriber since 2019",
    "country": "FR",
    "city": "Douarnenez",
    "labels": ["loyal"],
    "authors": ["0b8f0b0e-52a3-5d6c-9a43-0c6d5f2f7a10"],
    "at": "2026-11-25T09:10:00Z",
}

OFFERED = (  # the facts that an endpoint may choose, in the order of the form
    "InteractionReceived",
    "InteractionEdited",
    "InteractionDeleted",
    "InteractionJudged",
    "CaseOpened",
    "CaseEscalated",
    "CaseDecided",
    "DecisionReversed",
    "ActionTaken",
    "ActionFailed",
    "PostPublished",
    "DeliveryFailed",
    "DeliveryStranded",
)


class ContactFact(BrandEvent):
    """A contact's whole state: what another system calls `external_id`; the higher `seq` wins.

    `authors` are the ids (`author.id` of interactions) of the people on networks who are this contact. `country` (two
    letters, ISO 3166-1) and `city` are where they live, as that system says it.
    """

    TOPIC = CONTACTS

    contact_id: str
    external_id: str
    seq: int
    name: str = ""
    url: str = ""
    note: str = ""
    country: str = ""
    city: str = ""
    labels: list[str] = Field(default_factory=list)
    authors: list[str] = Field(default_factory=list)
    at: Moment

    def subject(self) -> str:
        """The contact."""
        return self.contact_id

    def identity(self) -> tuple[str | int, ...]:
        """The contact's own number."""
        return (self.epoch, self.seq)
