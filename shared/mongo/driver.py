"""The seam between the two drivers, and the one place where their errors become ours."""

import inspect
from collections.abc import Callable
from typing import Any

import bson.errors
import pymongo
from gridfs.errors import FileExists, NoFile
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DuplicateKeyError,
    OperationFailure,
    PyMongoError,
    WTimeoutError,
)

from shared.errors import DeadlinePassed, Duplicate, NotFound, ParvisError, StatementFailed, Unavailable
from shared.mongo.deadline import time_left

DUPLICATE_KEY = 11000
DRIVER_ERRORS = (PyMongoError, bson.errors.BSONError)
PROBE_SECONDS = 1.0
SETTINGS: dict[str, Any] = {
    "w": "majority",
    "journal": True,
    "retryWrites": True,
    "readConcernLevel": "majority",
    "timeoutMS": 5000,
    "connectTimeoutMS": 5000,
    "maxPoolSize": 50,
    "tz_aware": True,
}
# The server is stepping down, shutting down or not yet primary: the engine's trouble, not the statement's.
STATE_CHANGES = frozenset({91, 189, 10107, 11600, 11602, 13435, 13436})


def open_client(uri: str, driver: str) -> Any:
    """A client of the named driver: "motor" or "pymongo". It connects when it is first used."""
    if driver == "motor":
        from motor.motor_asyncio import AsyncIOMotorClient

        return AsyncIOMotorClient(uri, **SETTINGS)
    if driver == "pymongo":
        return pymongo.AsyncMongoClient(uri, **SETTINGS)
    raise ValueError(f"unknown MongoDB driver {driver!r}: motor or pymongo")


def file_bucket(database: Any) -> Any:
    """The driver's own GridFS bucket on `database`."""
    if isinstance(database.client, pymongo.AsyncMongoClient):
        from gridfs.asynchronous import AsyncGridFSBucket

        return AsyncGridFSBucket(database)
    from motor.motor_asyncio import AsyncIOMotorGridFSBucket

    return AsyncIOMotorGridFSBucket(database)


async def settled(value: Any) -> Any:
    """Where the drivers differ: what one returns at once (cursor, session) the other has awaited."""
    return await value if inspect.isawaitable(value) else value


async def drained(operation: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Open a cursor and read it to its end, so that no cursor leaves."""
    cursor = await settled(operation(*args, **kwargs))
    return await cursor.to_list(None)


class Driver:
    """A client, the way to call it under the task's deadline, and the reading of what it raises."""

    def __init__(self, client: Any) -> None:
        self.client = client

    async def call(self, operation: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run one driver operation under the task's deadline. Raises only errors of `shared.errors`."""
        try:
            return await self.attempt(operation, *args, **kwargs)
        except DRIVER_ERRORS as error:
            raise await self.translated(error) from error

    async def attempt(self, operation: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """As `call`, but the driver's own error comes through: for callers that read its labels."""
        # Counted from here, so that a call which waits for a thread behind stuck ones does not get its time twice.
        with pymongo.timeout(await self._time_left(operation)):
            return await settled(operation(*args, **kwargs))

    async def probe(self) -> None:
        """Ask the primary for a sign of life within a second, whatever the deadline. Raises `Unavailable`."""
        try:
            with pymongo.timeout(PROBE_SECONDS):
                await self.client.admin.command("ping")
        except PyMongoError as error:
            raise Unavailable("mongo") from error

    async def translated(self, error: Exception) -> ParvisError:
        """Our error for the driver's. A timeout is the engine's fault only if it fails a probe too."""
        if isinstance(error, (DuplicateKeyError, FileExists)) or _only_duplicates(error):
            return Duplicate(str(error))
        if isinstance(error, NoFile):
            return NotFound(str(error))
        if isinstance(error, PyMongoError) and (error.timeout or isinstance(error, WTimeoutError)):
            return await self._timed_out(error)
        if isinstance(error, ConnectionFailure) or _code(error) in STATE_CHANGES:
            return Unavailable("mongo")
        return StatementFailed(str(error), _code(error))

    async def _time_left(self, operation: Callable[..., Any]) -> float:
        try:
            return time_left(getattr(operation, "__name__", "database call"))
        except DeadlinePassed:
            await self.probe()  # an outage may have eaten the time: then the work is not to blame
            raise

    async def _timed_out(self, error: Exception) -> ParvisError:
        try:
            await self.probe()
        except Unavailable as away:
            return away
        return DeadlinePassed(str(error))


def _only_duplicates(error: Exception) -> bool:
    if not isinstance(error, BulkWriteError) or error.details["writeConcernErrors"]:
        return False
    return all(failure["code"] == DUPLICATE_KEY for failure in error.details["writeErrors"])


def _code(error: Exception) -> int | None:
    if isinstance(error, BulkWriteError):
        failures = error.details["writeErrors"] or error.details["writeConcernErrors"]
        return min(failure["code"] for failure in failures) if failures else None
    return error.code if isinstance(error, OperationFailure) else None
