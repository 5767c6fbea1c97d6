"""What insights keeps of a person: who said what it counts, and their profile. The counts of hours stay as they are."""

from typing import Any

from services.insights.domain.differences import person_key
from shared.mongo.database import Database
from shared.persons import Person, Persons, Trace

NOBODY = {"id": "", "name": "", "handle": "", "url": ""}


def persons(database: Database) -> Persons:
    """What they said counts on, and nobody's."""
    return Persons(database, TRACES)


def _said(person: Person) -> dict[str, Any]:
    return {"author.id": person.person_id, "said_at": {"$lte": person.until}}


def _counted(field: str) -> Any:
    def where(person: Person) -> dict[str, Any]:
        return {field: person_key(person.brand_id, person.person_id), "last_at": {"$lte": person.until}}

    return where


TRACES = (
    Trace("interactions", _said, lambda _: {"$set": {"author": NOBODY}}),
    Trace("people", _counted("key")),
    Trace("profiles", _counted("_id")),
)
