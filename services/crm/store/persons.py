"""What crm keeps of a person: who they are to other systems, and the messages that told of them."""

from collections.abc import Sequence
from typing import Any

from shared.events.crm.parts import UNSAID
from shared.mongo.database import Database
from shared.persons import Person, Persons, Trace

A_PATTERN = 500  # ids, under MongoDB's limit for one


def persons(database: Database) -> Persons:
    """A contact that is nobody else is emptied, one that is others too loses the link; messages stay without body."""
    return Persons(database, TRACES)


def _naming(ids: Sequence[str]) -> list[dict[str, Any]]:
    return [{"body": {"$regex": "|".join(ids[at : at + A_PATTERN])}} for at in range(0, len(ids), A_PATTERN)]


def _deliveries(person: Person) -> dict[str, Any]:
    return {"$or": _naming([person.person_id, *person.interactions]), "body": {"$ne": ""}}


EMPTY = {"external_id": "", **UNSAID}
TRACES = (
    Trace("contacts", lambda one: {"authors": [one.person_id]}, lambda _: {"$set": EMPTY, "$inc": {"seq": 1}}),
    Trace(
        "contacts",
        lambda one: {"authors": one.person_id},
        lambda one: {"$pull": {"authors": one.person_id}, "$inc": {"seq": 1}},
    ),
    Trace(
        "deliveries",
        _deliveries,
        lambda _: {"$set": {"body": "", "log": [], "state": "cancelled"}, "$inc": {"fence": 1}},
    ),
)
