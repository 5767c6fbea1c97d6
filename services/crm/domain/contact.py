"""When a contact is news, and which fact says it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.events.crm.contact_linked import ContactLinked
from shared.events.crm.contact_updated import ContactUpdated
from shared.events.crm.parts import UNSAID, ContactFact

SAID = tuple(UNSAID)


def changed(known: Mapping[str, Any] | None, given: Mapping[str, Any]) -> bool:
    """Whether `given` says something else than what is known."""
    before = {**UNSAID, **(known or {})}
    return known is None or any(before[name] != given[name] for name in SAID)


def facts(
    known: Mapping[str, Any] | None, contact: Mapping[str, Any], *, at: datetime, epoch: int
) -> list[ContactFact]:
    """Linked where there are new authors; updated where anything else changed. Both carry the whole state."""
    before = {**UNSAID, **(known or {})}
    told = {name: contact[name] for name in ("brand_id", "external_id", "seq", *SAID)}
    whole = {"contact_id": contact["_id"], "at": at, "epoch": epoch, **told}
    linked = [author for author in contact["authors"] if author not in before["authors"]]
    gone = set(before["authors"]) - set(contact["authors"])
    found: list[ContactFact] = [ContactLinked(**whole, linked=linked)] if linked else []
    if gone or not linked or any(before[name] != contact[name] for name in SAID[:-1]):
        found.append(ContactUpdated(**whole))
    return found
