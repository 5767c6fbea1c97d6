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
    """One that is being sent ends as its network says, and may have to be looked for: the next sweep takes it."""
    theirs = {"kind": "reply", "interaction_id": {"$in": list(person.interactions)}}
    return {**theirs, "state": {"$ne": "sending"}, "erased": {"$ne": True}}


CLOSED: dict[str, Any] = {"state": "gone", "order": ABOVE_ALL, "place": {}, "why": "", "cause": "", "trace": None}
NOT_LEFT = ["scheduled", "claimed", "late", "stranded", "unknown"]
BLANK = {
    "erased": True,
    "author_handle": "",
    "author_external_id": "",
    "place": {"$literal": {"external_id": "", "thread_external_id": ""}},
    "rendition": {"text": ""},
    "url": "",
    "why": "",
    "state": {"$cond": [{"$in": ["$state", NOT_LEFT]}, "rejected", "$state"]},
}
TRACES = (
    Trace("wishes", _wishes, lambda _: {"$set": CLOSED, "$inc": {"fence": 1}}),
    Trace("deliveries", _replies, lambda _: [{"$set": BLANK}]),
)
