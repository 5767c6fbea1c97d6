"""Migrations: ordered, each once, under a lease, and never changed after they were applied."""

import asyncio
import hashlib
import importlib
import inspect
import pkgutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.errors import MigrationChanged
from shared.mongo.deadline import patience

if TYPE_CHECKING:
    from shared.mongo.database import Database
    from shared.mongo.leases import Lease
    from shared.mongo.transactions import Transaction

LEASE_SECONDS = 30
ASK_AGAIN = 0.2
STEP_SECONDS = 600.0


@dataclass(frozen=True)
class Migration:
    """A step of a database's form. `apply` must bear being run again; `checksum` is of its source."""

    name: str
    apply: "Callable[[Database], Awaitable[None]]"
    checksum: str


def migrations_in(package: str) -> list[Migration]:
    """The migrations of a package, one a module, ordered by name; each has `async def apply(database)`."""
    home = importlib.import_module(package)
    names = sorted(found.name for found in pkgutil.iter_modules(home.__path__))
    modules = [importlib.import_module(f"{package}.{name}") for name in names]
    sources = [inspect.getsource(module).encode() for module in modules]
    return [
        Migration(name, module.apply, hashlib.sha256(source).hexdigest())
        for name, module, source in zip(names, modules, sources, strict=True)
    ]


async def migrate(database: "Database", migrations: Sequence[Migration]) -> list[str]:
    """Apply what is not applied yet; the names of what was. Waits while another starter is at it.

    Raises `MigrationChanged` where an applied one has a new source, `LeaseLost` where another took over.
    """
    if not migrations or not await _missing(database, migrations):
        return []
    lease = database.lease("migrations")
    while await lease.acquire(LEASE_SECONDS) is None:  # noqa: ASYNC110 - the holder is another process
        await asyncio.sleep(ASK_AGAIN)
    async with lease.kept(LEASE_SECONDS):
        missing = await _missing(database, migrations)
        for migration in missing:
            with patience(STEP_SECONDS):
                await migration.apply(database)
            await _mark(database, lease, migration)
    return [migration.name for migration in missing]


async def _missing(database: "Database", migrations: Sequence[Migration]) -> list[Migration]:
    applied = {row["_id"]: row["checksum"] for row in await database.system("migrations").find({})}
    for migration in migrations:
        if applied.get(migration.name, migration.checksum) != migration.checksum:
            raise MigrationChanged(f"{migration.name} was changed after it was applied: add a new one")
    return [migration for migration in migrations if migration.name not in applied]


async def _mark(database: "Database", lease: "Lease", migration: Migration) -> None:
    applied_at = await database.now()

    async def marked(tx: "Transaction") -> None:
        await lease.guard(tx)
        row = {"_id": migration.name, "checksum": migration.checksum, "applied_at": applied_at}
        await database.system("migrations").insert(row, tx=tx)

    await database.transact(marked)
