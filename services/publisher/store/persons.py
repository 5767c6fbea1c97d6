"""What publisher keeps of a person: where what they said stands, and what they were answered."""

from typing import Any

from shared.mongo.database import Database
from shared.persons import Person, Persons, Trace

ABOVE_ALL = "~"  # sorts behind the order of every wish: none is taken any more


def persons(database: Database) -> Persons:
    """Nothing more is wanted of what they said; answers that have not left are not sent."""
    return Persons(database, TRACES)


def _wishes(person: Person) -> dict[str, Any]:
    return {"_id": {"$in": list(person.interactions)}, "order": {"$ne": ABOVE_ALL}}


def _replies(person: Person) -> dict[str, Any]:
    return {"kind": "reply", "interaction_id": {"$in": list(person.interactions)}, "erased": {"$ne": True}}


CLOSED: dict[str, Any] = {"state": "gone", "order": ABOVE_ALL, "place": {}, "why": "", "cause": "", "trace": None}
# A reply that is under way ends as its network says; what was said in it is in nobody's store afterwards.
BLANK = {
    "erased": True,
    "author_handle": "",
    "author_external_id": "",
    "rendition": {"text": ""},
    "url": "",
    "state": {"$cond": [{"$in": ["$state", ["scheduled", "late", "stranded", "unknown"]]}, "rejected", "$state"]},
}
TRACES = (
    Trace("wishes", _wishes, lambda _: {"$set": CLOSED, "$inc": {"fence": 1}}),
    Trace("deliveries", _replies, lambda _: [{"$set": BLANK}]),
)
