"""A database is brought into form once, whoever starts."""

import asyncio
from pathlib import Path

import pytest

from shared.errors import MigrationChanged
from shared.mongo.client import Mongo
from shared.mongo.database import Database
from shared.mongo.migrations import Migration, migrations_in


def counting(name: str, runs: list[str]) -> Migration:
    """A migration that takes a while and notes that it ran."""

    async def apply(database: Database) -> None:
        await asyncio.sleep(0.1)
        runs.append(name)

    return Migration(name, apply, f"checksum of {name}")


async def test_two_starters_migrate_once(database: Database, mongo: Mongo) -> None:
    """Two processes start together: each migration runs once, in order, and both find the database in form."""
    runs: list[str] = []
    steps = [counting(name, runs) for name in ("m0001", "m0002", "m0003")]
    twin = mongo.database(database.name)
    applied = await asyncio.gather(database.migrate(steps), twin.migrate(steps))
    assert runs == ["m0001", "m0002", "m0003"]
    assert sorted(map(len, applied)) == [0, 3]
    assert await database.migrate([*steps, counting("m0004", runs)]) == ["m0004"]


async def test_a_failed_migration_is_taken_up_again(database: Database) -> None:
    """What went wrong halfway is not marked as done, and the next start does the rest."""
    runs: list[str] = []

    async def stumble(database: Database) -> None:
        raise RuntimeError("no")

    first, second = counting("m0001", runs), counting("m0002", runs)
    with pytest.raises(RuntimeError):
        await database.migrate([first, Migration("m0002", stumble, second.checksum)])
    assert await database.migrate([first, second]) == ["m0002"]
    assert runs == ["m0001", "m0002"]


async def test_an_applied_migration_is_never_changed(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The source that was applied is remembered, so a later edit is noticed at the next start."""
    package = tmp_path / "some_migrations"
    package.mkdir()
    (package / "__init__.py").touch()
    for number in (2, 1):
        (package / f"m000{number}_step.py").write_text(
            f"async def apply(database):\n    await database.system('steps').insert({{'_id': '{number}'}})\n"
        )
    monkeypatch.syspath_prepend(str(tmp_path))
    steps = migrations_in("some_migrations")
    assert await database.migrate(steps) == ["m0001_step", "m0002_step"]
    assert sorted(await database.system("steps").distinct("_id", {})) == ["1", "2"]
    with pytest.raises(MigrationChanged):
        await database.migrate([Migration(steps[0].name, steps[0].apply, "another")])
