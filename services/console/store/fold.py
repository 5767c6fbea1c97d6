"""How facts are folded into a read model: each family keeps its number, and only a higher one is taken.

Facts may come twice, late, or before the one that opens the document. Every fold is one pipeline update, so
that comparing, writing and deriving the item's state happen in one step in the database.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.errors import Reject
from shared.mongo.collections import BrandCollection
from shared.mongo.operations import UpdateOne

Stage = dict[str, Any]
Number = Sequence[int]

TRIES = 4

WAITING_CASES = ["open", "claimed", "deciding"]
NOT_PUBLIC = ["hidden", "spam", "trash", "held"]
ERASED: Mapping[str, Any] = {"text": "", "words": [], "revisions": {}, "media": []}
NOBODY = {"id": "", "external_id": "", "name": "", "handle": "", "url": "", "avatar": ""}
FORGOTTEN: Mapping[str, Any] = {
    "author": NOBODY,
    "permalink": "",
    "place": {},
    "verdict": {},
    "opened": {},
    "case": {},
    "actions": {},
    "stranded": False,
}


def newer(family: str, number: Number, values: Mapping[str, Any]) -> Stage:
    """Take `values` and `number` where it is higher than the family's (arrays compare item by item)."""
    taken = {"$mergeObjects": ["$$ROOT", {"$literal": {**values, family: list(number)}}]}
    return {"$replaceWith": {"$cond": [{"$gt": [{"$literal": list(number)}, f"${family}"]}, taken, "$$ROOT"]}}


def newer_part(path: str, number: Number, values: Mapping[str, Any]) -> Stage:
    """The same for one entry of a map: `actions.<id>` keeps its number as `no`."""
    taken = {"$literal": {**values, "no": list(number)}}
    return {"$set": {path: {"$cond": [{"$gt": [{"$literal": list(number)}, f"${path}.no"]}, taken, f"${path}"]}}}


def latest(field: str, value: Any) -> Stage:
    """Keep the larger of what is there and `value`."""
    return {"$set": {field: {"$max": [f"${field}", {"$literal": value}]}}}


def once(values: Mapping[str, Any]) -> Stage:
    """Write values that nothing ever takes back."""
    return {"$set": {name: {"$literal": value} for name, value in values.items()}}


def interaction(stages: Sequence[Stage]) -> list[Stage]:
    """Any change of an inbox item: the stages, then what follows from all its fields together."""
    return [*stages, *_FOLLOWING]


def _state() -> Mapping[str, Any]:
    """What an item is to the people of the inbox; the first that holds."""
    branches = [
        ({"$lte": ["$revision", None]}, "unseen"),
        (_is("$deleted"), "deleted"),
        (_is("$author_is_brand"), "brand"),
        ({"$gte": ["$finished_revision", "$revision"]}, "done"),
        ({"$gte": ["$answered_at", "$changed_at"]}, "done"),
        ({"$in": [{"$ifNull": ["$case.state", ""]}, WAITING_CASES]}, "held"),
        ({"$in": [{"$ifNull": ["$visibility", ""]}, NOT_PUBLIC]}, "hidden"),
        ({"$in": [{"$ifNull": ["$verdict.wish", ""]}, ["hide", "delete"]]}, "hidden"),
        (_is("$backfill"), "earlier"),
    ]
    return {"$switch": {"branches": [{"case": c, "then": t} for c, t in branches], "default": "to_answer"}}


def _case_waits() -> Mapping[str, Any]:
    waits = {"$and": [{"$in": [{"$ifNull": ["$case.state", ""]}, ["open", "claimed"]]}, {"$not": [_is("$deleted")]}]}
    return {"$cond": [waits, True, "$$REMOVE"]}


def _is(field: str) -> Mapping[str, Any]:
    return {"$eq": [field, True]}


_FOLLOWING: Sequence[Stage] = (
    {"$set": {"state": _state(), "updated_at": "$$NOW", "arrived_at": {"$ifNull": ["$arrived_at", "$$NOW"]}}},
    {"$set": {"case.waits": _case_waits()}},
    {"$set": {name: {"$cond": [_is("$deleted"), {"$literal": none}, f"${name}"]} for name, none in ERASED.items()}},
    {"$set": {name: {"$cond": [_is("$erased"), {"$literal": none}, f"${name}"]} for name, none in FORGOTTEN.items()}},
)


async def write(rows: BrandCollection, updates: Sequence[UpdateOne]) -> None:
    """Upserts; where two first facts about one thing collide, one is written again. What goes on colliding stands
    under another brand: `Reject`, since no further try would end otherwise."""
    left = list(updates)
    for _ in range(TRIES):
        if not left:
            return
        result = await rows.bulk(left)
        left = [left[place] for place in result.duplicates]
    if left:
        raise Reject("what this is about stands under another brand")
