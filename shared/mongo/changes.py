"""Doorbells: that something of a brand has changed in a collection, not what. The page reads the rest."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import pymongo

from shared.errors import ParvisError, Unavailable
from shared.mongo.driver import DRIVER_ERRORS, Driver, drained, settled

WAIT_MS = 1000
ANSWER_SECONDS = 8.0
COALESCE = 0.1
PAUSE = 1.0


@dataclass(frozen=True, slots=True)
class Doorbell:
    """A change in a collection, of one brand. None is "any": a stream was (re)opened, so read once now."""

    collection: str | None
    brand_id: str | None


class Changes:
    """The change stream of one database.

    After any trouble it is opened afresh, from then on: the poll behind the doorbells finds what rang in
    between, so nothing is resumed.
    """

    def __init__(self, driver: Driver, native: Any, collections: Sequence[str]) -> None:
        self._driver = driver
        self._native = native
        wanted: dict[str, Any] = {"operationType": {"$in": ["insert", "update", "replace", "delete"]}}
        if collections:
            wanted["ns.coll"] = {"$in": list(collections)}
        told = {"ns": 1, "documentKey": 1, "brand_id": "$fullDocument.brand_id"}
        self._pipeline = [{"$changeStream": {}}, {"$match": wanted}, {"$project": told}]

    async def bells(self) -> AsyncGenerator[Doorbell, None]:
        """Doorbells without end, equal ones of a moment once. First, and after each reopening: any, any."""
        while True:
            try:
                async with aclosing(self._stream()) as stream:
                    async for bell in stream:
                        yield bell
            except (ParvisError, TimeoutError):
                pass
            await asyncio.sleep(PAUSE)

    async def _stream(self) -> AsyncGenerator[Doorbell, None]:
        session = await self._driver.call(self._driver.client.start_session)
        cursor: dict[str, Any] = {"id": 0}
        try:
            cursor = await self._answer(session, self._opening())
            yield Doorbell(None, None)
            changes = cursor["firstBatch"]
            while cursor["id"]:
                for bell in await self._heard(changes):
                    yield bell
                await asyncio.sleep(COALESCE if changes else 0)
                cursor = await self._answer(session, _next(cursor))
                changes = cursor["nextBatch"]
        finally:
            await self._close(session, cursor)

    async def _answer(self, session: Any, command: dict[str, Any]) -> dict[str, Any]:
        """Commands rather than the drivers' streams: a whole batch for one call, the same in both drivers."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                with pymongo.timeout(0):  # the driver's own limit would replace the time that the server may wait
                    reply = await self._native.command(command, session=session)
        except DRIVER_ERRORS as error:
            raise await self._driver.translated(error) from error
        answer: dict[str, Any] = reply["cursor"]
        return answer

    def _opening(self) -> dict[str, Any]:
        concern = {"level": "majority"}
        return {"aggregate": 1, "pipeline": self._pipeline, "cursor": {}, "readConcern": concern}

    async def _heard(self, changes: list[dict[str, Any]]) -> set[Doorbell]:
        """Insertions carry their brand; for the rest one query a collection is cheaper than lookups."""
        bells: set[Doorbell] = set()
        unknown: dict[str, list[Any]] = defaultdict(list)
        for change in changes:
            name, key = change["ns"]["coll"], change["documentKey"]
            brand = change.get("brand_id") or key.get("brand_id")
            if brand:
                bells.add(Doorbell(name, brand))
            else:
                unknown[name].append(key["_id"])
        for name, ids in unknown.items():
            bells |= await self._looked_up(name, ids)
        return bells

    async def _looked_up(self, name: str, ids: list[Any]) -> set[Doorbell]:
        rows = await self._driver.call(drained, self._native[name].find, {"_id": {"$in": ids}}, {"brand_id": 1})
        brands = {row["_id"]: row.get("brand_id") for row in rows}
        return {Doorbell(name, brands.get(key)) for key in ids}

    async def _close(self, session: Any, cursor: dict[str, Any]) -> None:
        with pymongo.timeout(PAUSE):
            try:
                if cursor["id"]:
                    command = {"killCursors": _collection(cursor), "cursors": [cursor["id"]]}
                    await self._driver.call(self._native.command, command)
            except Unavailable:
                pass
            finally:
                await settled(session.end_session())


def _next(cursor: dict[str, Any]) -> dict[str, Any]:
    return {"getMore": cursor["id"], "collection": _collection(cursor), "maxTimeMS": WAIT_MS}


def _collection(cursor: dict[str, Any]) -> str:
    return str(cursor["ns"]).split(".", 1)[1]
