"""What campaigns keeps of a person: their profile. That they are never to be addressed is kept, without their name."""

from typing import Any

from services.campaigns.domain.audience import profile as rules
from services.campaigns.domain.audience.contacts import NOTHING
from shared.mongo.database import Database
from shared.persons import Person, Persons, Trace


def persons(database: Database) -> Persons:
    """The profile stays as a tombstone that no fact of before fills again."""
    return Persons(database, TRACES)


def _profile(person: Person) -> dict[str, Any]:
    about = {"_id": rules.profile_id(person.brand_id, person.person_id)}
    return {**about, "said": {"$exists": True}, "last_seen_at": {"$lte": person.until}}


def _tombstone(person: Person) -> list[dict[str, Any]]:
    kept = {name: f"${name}" for name in ("_id", "brand_id", "person_id", "out", "out_seq")}
    empty = {"no": [], "told": {"$literal": {}}, "in": []}
    return [{"$replaceWith": {**kept, **empty, "erased_until": {"$literal": person.until}}}]


TRACES = (
    Trace("contacts", lambda one: {"authors": [one.person_id]}, lambda _: {"$set": dict(NOTHING)}),
    Trace("contacts", lambda one: {"authors": one.person_id}, lambda one: {"$pull": {"authors": one.person_id}}),
    Trace("profiles", _profile, _tombstone),
)
