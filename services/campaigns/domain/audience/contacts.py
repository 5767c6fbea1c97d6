"""What other systems say of the people who speak to a brand: where they live, and how they are labelled."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.campaigns.domain.audience.profile import NOWHERE, Profile
from shared.events.crm.parts import UNSAID, ContactFact

Contact = dict[str, Any]
NOTHING: Mapping[str, Any] = {name: UNSAID[name] for name in (*NOWHERE, "labels", "authors")}


def contact(fact: ContactFact) -> Contact:
    """What is kept of a contact: never who it is."""
    kept = fact.model_dump(include={"brand_id", "at", *NOTHING})
    return {"_id": fact.contact_id, "no": [fact.epoch, fact.seq], **kept}


def known_elsewhere(profile: Profile, contacts: Iterable[Contact]) -> Profile:
    """The profile with what all systems say of this person: the place that was said last, and every label.

    What was said before the person was erased says nothing.
    """
    place, labels, erased = NOWHERE, set[str](), profile.get("erased_until")
    said = [one for one in contacts if erased is None or one["at"] > erased]
    for one in sorted(said, key=lambda one: (one["at"], one["_id"])):
        labels.update(one["labels"])
        if one["country"] or one["city"]:
            place = {name: one[name] for name in NOWHERE}
    return {**profile, "place": place, "labels": sorted(labels)}
