"""Erasing one person at a brand: what there is, asking every service, and asking again for what was under way."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shared.bus.envelope import Outgoing
from shared.errors import NotFound
from shared.events.console.person_erasure_asked import PersonErasureAsked
from shared.mongo.operations import Document

if TYPE_CHECKING:
    from shared.mongo.database import Database
    from shared.mongo.transactions import Transaction

KIND = "person"
PLACES = ("thread_id", "external_id")
AT_ONCE = 5_000  # interactions that one event names
SOUGHT_FOR = timedelta(days=7)  # as long as what was said is on its topic


class Erasures:
    """Requests stand beside those about whole brands, in `requests`; each has as many parts as it took."""

    def __init__(self, database: "Database") -> None:
        self._database = database
        self._requests = database.system("requests")  # system: they stay when the brand is gone
        self._items = database.brand("interactions")
        self._people = database.brand("people")
        self._contacts = database.brand("contacts")

    async def found(self, brand_id: str, person: str) -> Document:
        """Whom an id, a handle or a name means, and what console shows of them. Raises `NotFound`."""
        person_id = await self._person_id(brand_id, person)
        newest = await self._items.find({"brand_id": brand_id, "author.id": person_id}, sort="-said_at", limit=1)
        known = await self._people.get({"_id": f"{brand_id}:{person_id}", "brand_id": brand_id}) or {}
        if not newest and not known.get("said"):
            raise NotFound(f"nobody who spoke to this brand is called {person}")
        author = {**(newest[0]["author"] if newest else {}), **known}
        return {
            "person_id": person_id,
            **{name: author.get(name, "") for name in ("name", "handle")},
            "network": known.get("network") or newest[0]["network"],
            "interactions": await self._items.count({"brand_id": brand_id, "author.id": person_id}),
            "cases": await self._items.count({"brand_id": brand_id, "author.id": person_id, "opened_no": {"$gt": []}}),
            "profile": bool(known.get("said")),
            "contacts": await self._contacts.count({"brand_id": brand_id, "authors": person_id}),
        }

    async def ask(self, brand_id: str, person_id: str, request_id: str, by: str, why: str, now: datetime) -> Document:
        """State the request, in as many parts as it takes. Raises `NotFound`."""
        person_id = (await self.found(brand_id, person_id))["person_id"]
        row: Document = {"_id": request_id, "kind": KIND, "brand": brand_id, "person_id": person_id}
        row |= {"by": by, "why": why, "asked_at": now, "answers": [], "parts": 0}

        async def work(tx: "Transaction") -> None:
            await self._requests.insert(dict(row), tx=tx)

        await self._database.transact(work)
        await self._seek(row, first=True)
        return row

    async def seek_rest(self) -> None:
        """What came in only after it was asked for, though it was said before; and what a restore has brought back."""
        since = await self._database.now() - SOUGHT_FOR
        for row in await self._requests.find({"kind": KIND, "$or": [{"asked_at": {"$gte": since}}, {"parts": 0}]}):
            await self._seek(row, first=row["parts"] == 0)

    async def learn(self, asked: PersonErasureAsked) -> None:
        """A request that a restored store does not know while Kafka does: what comes in late is sought for it too."""
        row = {"kind": KIND, "brand": asked.brand_id, "asked_at": asked.at, "answers": []}
        row |= {name: getattr(asked, name) for name in ("person_id", "by", "why")}
        update: Document = {"$setOnInsert": row, "$max": {"parts": asked.part + 1}}
        await self._requests.update({"_id": asked.request_id}, update, upsert=True)

    async def _seek(self, row: Document, *, first: bool) -> None:
        ids = await self._said(row)
        for at in range(0, len(ids), AT_ONCE):
            await self._state(row, ids[at : at + AT_ONCE])
        if first and not ids:
            await self._state(row, [])

    async def _said(self, row: Document) -> list[str]:
        """What they said up to then, and what the brand answered them, that nobody was asked to erase."""
        not_asked = {"$ne": row["_id"]} if "repeats" in row else {"$exists": False}
        before = {"brand_id": row["brand"], "seen_at": {"$lte": row["asked_at"]}, "erasing": not_asked}
        theirs = await self._items.find({**before, "author.id": row["person_id"]}, projection=PLACES)
        asked = await self._items.find({"brand_id": row["brand"], "erasing": row["_id"]}, projection=PLACES)
        threads = sorted({one["thread_id"] for one in (*theirs, *asked)})
        parents = [one["external_id"] for one in (*theirs, *asked)]
        answering = {"thread_id": {"$in": threads}, "parent_external_id": {"$in": parents}, "author_is_brand": True}
        answers = await self._items.find({**before, **answering}, projection=["_id"]) if parents else []
        return [one["_id"] for one in (*theirs, *answers)]

    async def _state(self, row: Document, ids: Sequence[str]) -> None:
        """One more part; the items that it names are named by no other."""

        async def work(tx: "Transaction") -> None:
            number = await self._requests.find_and_update({"_id": row["_id"]}, {"$inc": {"parts": 1}}, tx=tx)
            if number is None:
                return
            mark = {"$set": {"erasing": row["_id"]}}
            await self._items.update_many({"brand_id": row["brand"], "_id": {"$in": list(ids)}}, mark, tx=tx)
            tx.emit(Outgoing.first(_asked(row, ids, number["parts"] - 1), now=row["asked_at"]))

        await self._database.transact(work)

    async def _person_id(self, brand_id: str, person: str) -> str:
        by_id = {"brand_id": brand_id, "author.id": person}
        if await self._items.get(by_id, ["_id"]):
            return person
        named = {"brand_id": brand_id, "$or": [{"handle": person}, {"name": person}], "said": {"$gt": 0}}
        found = await self._people.find(named, limit=2)
        if len(found) > 1:
            raise NotFound(f"several people are called {person}: say which by their id")
        return found[0]["person_id"] if found else person


def _asked(row: Document, ids: Sequence[str], part: int) -> PersonErasureAsked:
    about: dict[str, Any] = {"brand_id": row["brand"], "request_id": row["_id"], "at": row["asked_at"]}
    about |= {name: row[name] for name in ("by", "why", "person_id")}
    return PersonErasureAsked(**about, interactions=list(ids), part=part)
