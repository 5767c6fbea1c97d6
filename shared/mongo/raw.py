"""Databases as BSON, for backups: read as they were at one moment, written beside what is there and swapped in."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import bson
from bson import json_util
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError

from shared.errors import ParvisError, StatementFailed, Unavailable

BESIDE = "restoring."
PATIENCE_MS = 5_000
TOO_OLD, CATALOGUE_CHANGED = 239, 246  # SnapshotTooOld, SnapshotUnavailable


class SnapshotLost(ParvisError):
    """The server no longer has (`too_old`), or does not yet have, every collection as it was at the chosen moment."""

    def __init__(self, reason: str, too_old: bool) -> None:
        super().__init__(reason)
        self.too_old = too_old


class Raw:
    """One server's databases, collection by collection. Methods raise `Unavailable`, `StatementFailed` or as said."""

    def __init__(self, client: MongoClient[dict[str, Any]]) -> None:
        self._client = client

    def collections(self, database: str) -> dict[str, list[str]]:
        """Name → its indexes as JSON, `_id`'s left out; what an earlier restore left beside is left out too."""
        db = self._client[database]
        names = sorted(name for name in db.list_collection_names() if not name.startswith(("system.", BESIDE)))
        return {name: [json_util.dumps(index) for index in self._indexes(database, name)] for name in names}

    def estimate(self, database: str) -> tuple[int, int]:
        """About how many documents and bytes a database holds."""
        stats = self._client[database].command("dbStats")
        return int(stats["objects"]), int(stats["dataSize"])

    @contextmanager
    def moment(self) -> "Iterator[Moment]":
        """All databases as they are at the first read; no write is held up. Raises `SnapshotLost`."""
        with ours(), self._client.start_session(snapshot=True) as session:
            yield Moment(self._client, session)

    def epoch(self, database: str) -> int:
        """How often the store was restored, as `parvis epoch` counts."""
        row = self._client[database]["epochs"].find_one({"_id": "epoch"})
        return int(row["value"]) if row else 0

    def raise_epoch(self, database: str, value: int) -> None:
        """Set the epoch of what was loaded beside, dated by the server."""
        update = {"$set": {"value": value}, "$currentDate": {"raised_at": True}}
        self._client[database][f"{BESIDE}epochs"].update_one({"_id": "epoch"}, update, upsert=True)

    def documents(self, database: str, collection: str) -> list[dict[str, Any]]:
        """A whole collection, which must be small."""
        return list(self._client[database][collection].find())

    def add(self, database: str, collection: str, rows: Iterable[dict[str, Any]]) -> None:
        """Put documents among those that were loaded beside."""
        for row in rows:
            self._client[database][BESIDE + collection].replace_one({"_id": row["_id"]}, row, upsert=True)

    def clear(self, database: str) -> None:
        """Drop what an earlier restore left beside."""
        for name in self._client[database].list_collection_names():
            if name.startswith(BESIDE):
                self._client[database].drop_collection(name)

    def load(
        self,
        database: str,
        collection: str,
        batches: Iterable[Sequence[bytes]],
        indexes: Sequence[str],
        done: Callable[[int], None],
    ) -> None:
        """Write documents beside a collection of that name; `done` is told how many more."""
        beside = self._client[database].create_collection(BESIDE + collection)
        for batch in batches:
            beside.insert_many([RawBSONDocument(one) for one in batch], ordered=False)
            done(len(batch))
        if indexes:
            wanted = [json_util.loads(index) for index in indexes]
            self._client[database].command("createIndexes", beside.name, indexes=wanted)

    def beside(self, database: str) -> list[str]:
        """The collections that `load` wrote."""
        found = self._client[database].list_collection_names()
        return sorted(name.removeprefix(BESIDE) for name in found if name.startswith(BESIDE))

    def swap(self, database: str, collection: str) -> None:
        """What was loaded beside takes the place of the collection, in one step."""
        names = {"renameCollection": f"{database}.{BESIDE}{collection}", "to": f"{database}.{collection}"}
        self._client.admin.command({**names, "dropTarget": True})

    def drop(self, database: str, collection: str) -> None:
        """Remove a collection."""
        self._client[database].drop_collection(collection)

    def _indexes(self, database: str, collection: str) -> Iterator[dict[str, Any]]:
        for index in self._client[database][collection].list_indexes():
            if index["name"] != "_id_":
                yield dict(index)


class Moment:
    """What was there at one moment."""

    def __init__(self, client: MongoClient[dict[str, Any]], session: ClientSession) -> None:
        self._client = client
        self._session = session

    def batches(self, database: str, collection: str) -> Iterator[bytes]:
        """All documents, as BSON one after the other, up to 16 MB at a time."""
        yield from self._client[database][collection].find_raw_batches({}, session=self._session)


def decoded(documents: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Documents that were read as bytes."""
    return (bson.decode(one) for one in documents)


@contextmanager
def open_raw(uri: str) -> Iterator[Raw]:
    """The databases of a replica set; what the driver raises inside becomes one of our errors."""
    client: MongoClient[dict[str, Any]] = MongoClient(
        uri, serverSelectionTimeoutMS=PATIENCE_MS, w="majority", journal=True, readConcernLevel="majority"
    )
    try:
        with ours():
            yield Raw(client)
    finally:
        client.close()


@contextmanager
def ours() -> Iterator[None]:
    """The driver's errors become ours."""
    try:
        yield
    except PyMongoError as error:
        raise _ours(error) from error


def _ours(error: PyMongoError) -> ParvisError:
    if isinstance(error, ConnectionFailure):
        return Unavailable("mongo")
    code = error.code if isinstance(error, OperationFailure) else None
    if code in (TOO_OLD, CATALOGUE_CHANGED):
        return SnapshotLost(str(error), code == TOO_OLD)
    return StatementFailed(str(error), code)
