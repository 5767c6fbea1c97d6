"""One service's database: its collections, transactions, outbox, leases, files and doorbells."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TypeVar

from pymongo import WriteConcern

from shared.bell import Bell
from shared.mongo.changes import Changes, Doorbell
from shared.mongo.collections import BrandCollection, SystemCollection
from shared.mongo.driver import Driver
from shared.mongo.files import Files
from shared.mongo.indexes import Index
from shared.mongo.leases import Lease
from shared.mongo.migrations import Migration, migrate
from shared.mongo.outbox import INDEXES, Outbox
from shared.mongo.transactions import Transaction, transact

UNJOURNALED = WriteConcern(w=1, j=False)
T = TypeVar("T")
C = TypeVar("C", bound=SystemCollection)


class Database:
    """What a service may do with its data. `source` (`/ingest`) is its name in the events it sends, `member` that of
    this process among its replicas; `committed` rings after each transaction of this process."""

    def __init__(self, driver: Driver, name: str, source: str, member: str = "") -> None:
        self.name = name
        self.source = source
        self._member = member
        self._driver = driver
        self._native: Any = driver.client[name]
        self._unindexed: list[SystemCollection] = []
        self.outbox = Outbox(self.system("outbox", *INDEXES))
        self.committed = Bell()

    def brand(self, name: str, *indexes: Index) -> BrandCollection:
        """A collection whose every operation names its brand."""
        return self._declare(BrandCollection(self._driver, self._native[name], indexes))

    def system(self, name: str, *indexes: Index, journaled: bool = True) -> SystemCollection:
        """A collection without the brand's guard: for loops, migrations and sign-in only.

        What is written to one that is not `journaled` outlives this process at once, the server's crash a little later.
        """
        native = self._native[name] if journaled else self._native[name].with_options(write_concern=UNJOURNALED)
        return self._declare(SystemCollection(self._driver, native, indexes))

    async def ensure_indexes(self) -> None:
        """Make the declared indexes that this did not make yet. Raises `StatementFailed` where one exists in another
        form."""
        left = tuple(self._unindexed)
        await asyncio.gather(*(collection.make_indexes() for collection in left))
        del self._unindexed[: len(left)]

    async def names(self) -> list[str]:
        """The collections that are there, by name."""
        return sorted(await self._driver.call(self._native.list_collection_names))

    async def now(self) -> datetime:
        """The server's clock."""
        told: datetime = (await self._driver.call(self._native.command, "hello"))["localTime"]
        return told.replace(tzinfo=UTC)

    async def probe(self) -> None:
        """Ask the primary for a sign of life, for a second at most. Raises `Unavailable`."""
        await self._driver.probe()

    async def transact(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Do `work` in a transaction, retried as a whole where the server says so: at most 5 tries and 5 s.

        `work` may run several times: it reads what is known first, and neither produces nor calls out.
        """
        result = await transact(self._driver, self.outbox, self.source, work)
        self.committed.ring()
        return result

    def changes(self, *collections: str) -> AsyncGenerator[Doorbell, None]:
        """Doorbells of these collections (or of all), without end and without an error: see `Changes`."""
        return Changes(self._driver, self._native, collections).bells()

    def lease(self, name: str) -> Lease:
        """A new contender for the lease of that name."""
        return Lease(SystemCollection(self._driver, self._native["leases"]), name, self._member)

    async def migrate(self, migrations: Sequence[Migration]) -> list[str]:
        """Apply the migrations that are not applied yet; their names."""
        return await migrate(self, migrations)

    @cached_property
    def files(self) -> Files:
        """The brands' files."""
        return Files(self._driver, self._native)

    async def drop(self) -> None:
        """Remove the database with all it holds."""
        await self._driver.call(self._driver.client.drop_database, self.name)

    def _declare(self, collection: C) -> C:
        if collection.indexes:
            self._unindexed.append(collection)
        return collection
