"""What ingest keeps of a person: the texts of what they said, and where to read it again."""

from collections.abc import Sequence
from typing import Any

from shared.mongo.database import Database
from shared.persons import Person, Persons, Trace


def persons(database: Database) -> Persons:
    """An erased object stays as a tombstone: no later look at it states anything."""
    objects = database.system("objects")  # system: the erasure names the brand itself

    async def marks(person: Person) -> Sequence[str]:
        found = await objects.find(_said(person) | {"brand_id": person.brand_id}, projection=["place"])
        return [one["place"]["external_id"] for one in found if one["place"].get("external_id")]

    return Persons(database, TRACES, marks=marks)


def _said(person: Person) -> dict[str, Any]:
    return {"_id": {"$in": list(person.interactions)}}


def _standing(person: Person) -> dict[str, Any]:
    return _said(person) | {"erased": {"$ne": True}}


BLANK = {"text": "", "versions": [], "place": {}, "deleted": True, "erased": True}
TRACES = (
    Trace("objects", _standing, lambda _: {"$set": BLANK, "$inc": {"n": 1}}),
    Trace("rereads", _said),
)
