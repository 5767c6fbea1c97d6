"""What moderation keeps of a person: texts, verdicts, cases with their evidence, strikes."""

from collections.abc import Sequence
from typing import Any

from services.moderation.domain.case import file_of
from services.moderation.domain.remembering import tombstone
from shared.mongo.database import Database
from shared.persons import Person, Persons, Trace


def persons(database: Database) -> Persons:
    """What was said stays as a tombstone, which is judged no more; the pictures of evidence go with its case."""
    cases = database.system("cases")  # system: the erasure names the brand itself

    async def files(person: Person) -> Sequence[str]:
        found = await cases.find({"brand_id": person.brand_id, **_cases(person)}, projection=["evidence"])
        evidence = [kept for case in found for kept in case["evidence"]]
        # those that were never noted too: a death may have come between the file and the note of it
        return [file_of(kept["evidence_id"], place) for kept in evidence for place in range(len(kept["media"]))]

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
