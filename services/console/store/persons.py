"""What console keeps of a person: what they said, their profile, their contacts, and what people wrote when they acted
on it."""

from typing import Any

from services.console.store import fold
from shared.events.crm.parts import UNSAID
from shared.mongo.database import Database
from shared.persons import Person, Persons, Trace

NOT_OF_THE_ERASURE = {"$not": {"$regex": "^person[.]"}}


def persons(database: Database) -> Persons:
    """Items and profiles stay as tombstones that no late fact fills again."""
    return Persons(database, TRACES)


def _items(person: Person) -> dict[str, Any]:
    return {"_id": {"$in": list(person.interactions)}, "erased": {"$ne": True}}


def _profile(person: Person) -> dict[str, Any]:
    about = {"_id": f"{person.brand_id}:{person.person_id}"}
    return {**about, "said": {"$exists": True}, "last_seen_at": {"$lte": person.until}}


def _tombstone(person: Person) -> list[dict[str, Any]]:
    kept = {name: f"${name}" for name in ("_id", "brand_id", "person_id", "out", "out_at", "out_by", "out_no")}
    return [{"$replaceWith": {**kept, "erased_until": {"$literal": person.until}}}]


def _acts(person: Person) -> dict[str, Any]:
    about = {"about": {"$in": [person.person_id, *person.interactions]}}
    return {**about, "act": NOT_OF_THE_ERASURE, "linked": True, "erased": {"$ne": True}}


EMPTY = {"external_id": "", **UNSAID}
TRACES = (
    Trace("interactions", _items, lambda _: fold.interaction([fold.once({"deleted": True, "erased": True})])),
    Trace("people", _profile, _tombstone),
    Trace("contacts", lambda one: {"authors": [one.person_id]}, lambda _: {"$set": EMPTY}),
    Trace("contacts", lambda one: {"authors": one.person_id}, lambda one: {"$pull": {"authors": one.person_id}}),
    Trace("auditLog", _acts, lambda _: {"$set": {"erased": True, "details": {}, "salt": ""}}),
)
