"""The inbox: one document an interaction, folded from the facts of ingest, moderation and publisher."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from services.console.domain import filters as view
from services.console.domain.filters import Filters
from services.console.domain.searching import terms_of
from services.console.store import fold
from services.console.store.fold import Stage
from shared.mongo.indexes import Index
from shared.mongo.operations import Document, UpdateOne

if TYPE_CHECKING:
    from shared.mongo.database import Database

Brands = Sequence[str]
PAGE = 50
WITHOUT_WORDS = {"words": 0, "revisions": 0}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for people at one brand."""

    brand_id: str
    to_answer: int = 0
    late: int = 0
    cases: int = 0


class Inbox:
    """Reads name the brands that a person was granted; writes are folds, each of one brand's item."""

    def __init__(self, database: "Database") -> None:
        self._items = database.brand(
            "interactions",
            Index(("brand_id", "state", "due_at", "_id")),
            Index(("brand_id", "-said_at", "_id")),
            Index(("brand_id", "assignee"), partial={"assignee": {"$gt": ""}}, name="assigned"),
            Index(("brand_id", "thread_id", "said_at", "_id")),
            Index(("brand_id", "updated_at")),
            Index(("brand_id", "-opened.severity", "opened.at"), partial={"case.waits": True}),
            Index(("brand_id", "case.leaves_at"), partial={"case.state": "deciding"}),
            Index(("brand_id", "author.id", "-said_at")),
            Index(("brand_id", "words")),
            Index(("brand_id", "-said_at"), partial={"stranded": True}, name="stranded"),
        )

    async def fold(self, changes: Sequence[tuple[Mapping[str, str], Sequence[Stage]]]) -> None:
        """Write many facts at once. Where two first facts about one item collide, one is written again."""
        updates = [UpdateOne(dict(item), stages, upsert=True) for item, stages in changes]
        await fold.write(self._items, updates)

    async def get(self, brands: Brands, interaction_id: str) -> Document | None:
        """One item, if it is of one of these brands."""
        return await self._items.get({"_id": interaction_id, "brand_id": {"$in": list(brands)}}, {"words": 0})

    async def latest(self, brand_id: str, state: str, limit: int) -> list[Document]:
        """The newest items of a brand, of one state where named."""
        wanted = {"brand_id": brand_id, "state": state or {"$ne": "unseen"}}
        return await self._items.find(wanted, sort=("-said_at", "_id"), limit=limit, projection=WITHOUT_WORDS)

    async def page(
        self, brands: Brands, filters: Filters, *, person: str, now: datetime, skip: int = 0, limit: int = PAGE
    ) -> list[Document]:
        """The rows of a view, the soonest promise first; of what is done or older, the latest first."""
        is_waiting = filters.queue in (view.TO_ANSWER, view.LATE, view.MINE, view.HELD)
        sort = ("due_at", "_id") if is_waiting else ("-said_at", "_id")
        wanted = _filter(brands, filters, person, now)
        return await self._items.find(wanted, sort=sort, skip=skip, limit=limit, projection=WITHOUT_WORDS)

    async def count(self, brands: Brands, filters: Filters, *, person: str, now: datetime) -> int:
        """How many a view holds."""
        return await self._items.count(_filter(brands, filters, person, now))

    async def cases(self, brands: Brands, limit: int = PAGE) -> list[Document]:
        """Items that wait for a person's decision: the gravest first, then the oldest."""
        wanted = {"brand_id": {"$in": list(brands)}, "case.waits": True}
        return await self._items.find(
            wanted, sort=("-opened.severity", "opened.at", "_id"), limit=limit, projection={"words": 0}
        )

    async def case_sums(self, brands: Brands, now: datetime) -> Document:
        """Of the items that wait for a decision: `count`, the `oldest` (when it was opened), how many are `late`
        against the promised answer, the `gravest` severity. Empty where none waits."""
        sums = {
            "count": {"$sum": 1},
            "oldest": {"$min": "$opened.at"},
            "late": {"$sum": {"$cond": [{"$and": [{"$gt": ["$due_at", None]}, {"$lt": ["$due_at", now]}]}, 1, 0]}},
            "gravest": {"$max": "$opened.severity"},
        }
        wanted = {"brand_id": {"$in": list(brands)}, "case.waits": True}
        rows = await self._items.aggregate([{"$match": wanted}, {"$group": {"_id": None, **sums}}])
        return rows[0] if rows else {}

    async def count_due(self, brands: Brands, begin: datetime, end: datetime) -> int:
        """How many answers are promised for between these moments."""
        due = {"$gte": begin, "$lt": end}
        return await self._items.count({"brand_id": {"$in": list(brands)}, "state": view.TO_ANSWER, "due_at": due})

    async def deciding(self, brands: Brands, person: str, now: datetime) -> Document | None:
        """The item whose decision by this person is the last to leave of those that have not left."""
        waits = {"case.state": "deciding", "case.decided_by": person, "case.leaves_at": {"$gt": now}}
        found = await self._items.find(
            {"brand_id": {"$in": list(brands)}, **waits}, sort=("-case.leaves_at",), limit=1, projection=WITHOUT_WORDS
        )
        return found[0] if found else None

    async def of_author(self, brand_id: str, author_id: str, limit: int = 6) -> list[Document]:
        """The latest from one author to this brand; none from an author who has no id."""
        if not author_id:
            return []
        wanted = {"brand_id": brand_id, "author.id": author_id}
        return await self._items.find(wanted, sort=("-said_at",), limit=limit, projection=WITHOUT_WORDS)

    async def stranded(self, brands: Brands, limit: int = PAGE) -> list[Document]:
        """Items with a reply of ours that waits for a person to say what becomes of it, the latest first."""
        wanted = {"brand_id": {"$in": list(brands)}, "stranded": True}
        return await self._items.find(wanted, sort=("-said_at",), limit=limit, projection=WITHOUT_WORDS)

    async def waiting(self, brands: Brands, now: datetime) -> dict[str, Waiting]:
        """For each brand how many wait, how many of them late, and how many cases.

        Each is counted from an index alone, by what it matches: an agency may have tens of thousands of them, and to
        tell them apart one by one takes the database four times as long.
        """
        ours = {"brand_id": {"$in": list(brands)}}
        waits = ours | {"state": view.TO_ANSWER}
        to_answer, late, cases = await asyncio.gather(
            self._by_brand(waits),
            self._by_brand(waits | {"due_at": {"$lt": now}}),
            self._by_brand(ours | {"state": {"$in": ["to_answer", "held"]}, "case.waits": True}),
        )
        return {
            brand: Waiting(brand, to_answer.get(brand, 0), late.get(brand, 0), cases.get(brand, 0))
            for brand in to_answer.keys() | cases.keys()
        }

    async def _by_brand(self, wanted: Mapping[str, Any]) -> dict[str, int]:
        rows = await self._items.aggregate([{"$match": wanted}, {"$group": {"_id": "$brand_id", "n": {"$sum": 1}}}])
        return {row["_id"]: row["n"] for row in rows}

    async def sums(self, brands: Brands) -> dict[str, Document]:
        """For each brand how many came in, were judged, are hidden, were answered, were held for a person.

        What the brand itself said is none of them, nor what was said before its channel was connected.
        """
        counted = {
            "came_in": True,
            "judged": {"$gt": ["$verdict_no", None]},
            "hidden": {"$in": ["hide", {"$map": {"input": _acts("taken"), "in": "$$this.action"}}]},
            "answered": {"$in": ["reply", {"$map": {"input": _acts("taken"), "in": "$$this.action"}}]},
            "held_for_a_person": {"$gt": ["$opened_no", None]},
            "failed": {"$gt": [{"$size": _acts("failed")}, 0]},
            "unsettled": {"$gt": [{"$size": _acts("unsettled")}, 0]},
        }
        sums = {name: {"$sum": {"$cond": [condition, 1, 0]}} for name, condition in counted.items()}
        wanted: dict[str, Any] = {"brand_id": {"$in": list(brands)}, "state": {"$ne": "unseen"}}
        wanted |= {"author_is_brand": {"$ne": True}, "backfill": {"$ne": True}}
        rows = await self._items.aggregate([{"$match": wanted}, {"$group": {"_id": "$brand_id", **sums}}])
        return {row["_id"]: row for row in rows}

    async def arrived(self, brands: Brands, filters: Filters, since: datetime, *, person: str, now: datetime) -> int:
        """How many items of a view came in after `since`; what came in was changed by then, which is indexed."""
        newer = {"arrived_at": {"$gt": since}, "updated_at": {"$gt": since}}
        return await self._items.count(_filter(brands, filters, person, now) | newer)

    async def changed(self, brands: Brands, since: datetime, limit: int) -> list[Document]:
        """The items that changed after `since`, the latest change last."""
        wanted = {"brand_id": {"$in": list(brands)}, "updated_at": {"$gt": since}, "state": {"$ne": "unseen"}}
        return await self._items.find(wanted, sort=("updated_at", "_id"), limit=limit, projection=WITHOUT_WORDS)

    async def handle(self, brand_id: str, interaction_id: str, stages: Sequence[Stage]) -> Document | None:
        """A person's own act on an item that is there (finish, take, leave); the item as it is then."""
        wanted = {"_id": interaction_id, "brand_id": brand_id}
        return await self._items.find_and_update(wanted, fold.interaction(stages))


def _acts(state: str) -> Mapping[str, Any]:
    acts = {"$map": {"input": {"$objectToArray": {"$ifNull": ["$actions", {}]}}, "in": "$$this.v"}}
    return {"$filter": {"input": acts, "cond": {"$eq": ["$$this.state", state]}}}


def _filter(brands: Brands, filters: Filters, person: str, now: datetime) -> dict[str, Any]:
    wanted: dict[str, Any] = {"brand_id": {"$in": list(brands)}, "state": _states(filters.queue)}
    if filters.queue == view.LATE:
        wanted["due_at"] = {"$lt": now}
    if filters.queue == view.MINE:
        wanted["assignee"] = person
    if filters.network:
        wanted["network"] = filters.network
    if filters.language:
        wanted["$or"] = [{"language": filters.language}, {"verdict.language": filters.language}]
    if terms := terms_of(filters.query):
        wanted["$and"] = [{"words": {"$regex": f"^{re.escape(term)}"}} for term in terms]
    return wanted


def _states(queue: str) -> Any:
    if queue in (view.LATE, view.MINE):
        return view.TO_ANSWER
    return {"$in": list(view.STATES_SHOWN)} if queue == view.ALL else queue
