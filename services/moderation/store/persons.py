"""What moderation keeps of a person: texts, verdicts, cases with their evidence, strikes."""

from collections.abc import Sequence
from typing import Any

from services.moderation.domain.remembering import tombstone
from shared.mongo.database import Database
from shared.persons import Person, Persons, Trace


def persons(database: Database) -> Persons:
    """What was said stays as a tombstone, which is judged no more; the pictures of evidence go with its case."""
    cases = database.system("cases")  # system: the erasure names the brand itself

    async def files(person: Person) -> Sequence[str]:
        found = await cases.find({"brand_id": person.brand_id, **_cases(person)}, projection=["evidence"])
        media = [medium for case in found for kept in case["evidence"] for medium in kept["media"]]
        return [medium["file_id"] for medium in media if medium.get("file_id")]

    return Persons(database, TRACES, files=files)


def _interactions(person: Person) -> dict[str, Any]:
    theirs = {"author.id": person.person_id, "seen_at": {"$lte": person.until}}
    return {"$or": [{"_id": {"$in": list(person.interactions)}}, theirs], "author": {"$exists": True}}


def _cases(person: Person) -> dict[str, Any]:
    theirs = {"author_id": person.person_id, "updated_at": {"$lte": person.until}}
    return {"$or": [{"interaction_id": {"$in": list(person.interactions)}}, theirs]}


def _buried(person: Person) -> dict[str, Any]:
    return {"$set": {"deleted_at": person.until, "place": {}}, "$unset": tombstone(), "$inc": {"seq": 1}}


TRACES = (
    Trace("cases", _cases),
    Trace("interactions", _interactions, _buried),
    Trace("authors", lambda person: {"_id": person.person_id}),
)
