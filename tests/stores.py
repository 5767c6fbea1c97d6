"""The databases of tests: to make all indexes anew, and to wait for a drop, takes longer than most of the tests."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pymongo
from bson import Timestamp

from shared.mongo.database import Database

INDEXED: set[str] = set()
Client = pymongo.MongoClient[dict[str, Any]]


class Stores:
    """One worker's. Tests that follow each other in a share of the suite use the same databases, emptied."""

    def __init__(self, client: Client, dropping: ThreadPoolExecutor) -> None:
        self._client, self._dropping = client, dropping
        self._prefixes: dict[str, str] = {}
        self._read_until: dict[str, Timestamp] = {}
        self._drops: list[Future[None]] = []

    @classmethod
    @contextmanager
    def open(cls, uri: str) -> Iterator["Stores"]:
        """Leaves nothing behind."""
        with Client(uri) as client, ThreadPoolExecutor(1) as dropping:
            stores = cls(client, dropping)
            yield stores
            for prefix in stores._prefixes.values():
                for name in stores._of(prefix):
                    stores.drop(name)
            for dropped in stores._drops:
                dropped.result()

    def emptied(self, share: str) -> str:
        """What the names of the share's databases begin with; nothing is in them but indexes."""
        prefix = self._prefixes.setdefault(share, f"t{uuid4().hex[:8]}_")
        for place in self._written_to(prefix):
            name, _, collection = place.partition(".")
            self._client[name][collection].delete_many({})
        return prefix

    def drop(self, name: str) -> None:
        """In its own time: the server answers a drop when its journal has gone round."""
        self._drops.append(self._dropping.submit(self._client.drop_database, name))

    def _written_to(self, prefix: str) -> set[str]:
        """The collections in which anybody wrote since the last look, by the server's own book: asking sixty, of which
        two hold anything, took longer than many a test."""
        now: Timestamp = self._client.admin.command("hello")["operationTime"]
        since, self._read_until[prefix] = self._read_until.get(prefix, now), now
        told = self._client["local"]["oplog.rs"].find({"ts": {"$gt": since}}, {"ns": 1, "o.applyOps.ns": 1})
        places = {place for row in told for place in (row["ns"], *(one["ns"] for one in row["o"].get("applyOps", ())))}
        return {place for place in places if place.startswith(prefix) and not place.endswith(".$cmd")}

    def _of(self, prefix: str) -> list[str]:
        return [name for name in self._client.list_database_names() if name.startswith(prefix)]


async def indexed(database: Database) -> None:
    """Makes its indexes for the first test that uses the database: to empty it leaves them."""
    if database.name not in INDEXED:
        await database.ensure_indexes()
        INDEXED.add(database.name)
