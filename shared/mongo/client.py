"""The connection to MongoDB that a process opens once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pymongo

from shared.mongo.database import Database
from shared.mongo.driver import Driver, open_client, settled

CLOSE_SECONDS = 1.0


class Mongo:
    """A client of a replica set, by one of two drivers: "motor" or "pymongo"."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    @classmethod
    @asynccontextmanager
    async def open(cls, uri: str, driver: str = "motor") -> "AsyncIterator[Mongo]":
        """A client that connects when first used, so a process may start while MongoDB is away."""
        client = open_client(uri, driver)
        try:
            yield cls(Driver(client))
        finally:
            with pymongo.timeout(CLOSE_SECONDS):  # without it, closing waits 30 s for a server that is gone
                await settled(client.close())

    def database(self, name: str, source: str | None = None, member: str = "") -> Database:
        """A database. `source` names its service in the events it sends; else it is `/` and the name.

        `member`: which of its replicas this process is, where no other process has that name at a time.
        """
        return Database(self._driver, name, source or f"/{name}", member)

    async def probe(self) -> None:
        """Ask the primary for a sign of life, for a second at most. Raises `Unavailable`."""
        await self._driver.probe()
