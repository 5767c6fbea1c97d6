"""What the awaited methods answer."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from shared.errors import Duplicate, StatementFailed
from shared.mongo.database import Database
from shared.mongo.indexes import Index
from shared.mongo.operations import BulkResult, DeleteOne, InsertOne, ReplaceOne, UpdateOne, UpdateResult


async def test_duplicates_in_a_bulk_come_back_as_positions(database: Database) -> None:
    """A redelivered batch does its new part and tells which parts were there already."""
    things = database.brand("things")
    await things.insert_many([{"_id": name, "brand_id": "b", "n": 5} for name in ("a", "c")])
    newer = [
        UpdateOne({"_id": name, "brand_id": "b", "n": {"$lt": 3}}, {"$set": {"n": 3}}, upsert=True)
        for name in ("a", "b", "c")
    ]
    assert await things.bulk(newer) == BulkResult(0, 0, [0, 2])
    assert {row["_id"]: row["n"] for row in await things.find({"brand_id": "b"})} == {"a": 5, "b": 3, "c": 5}


async def test_a_bulk_mixes_operations(database: Database) -> None:
    """Each kind of operation takes effect and is counted; an empty bulk is no call at all."""
    things = database.brand("things")
    await things.insert_many([{"_id": name, "brand_id": "b"} for name in "xyz"])
    result = await things.bulk(
        [
            InsertOne({"_id": "w", "brand_id": "b"}),
            UpdateOne({"_id": "x", "brand_id": "b"}, [{"$set": {"twice": {"$concat": ["$_id", "$_id"]}}}]),
            ReplaceOne({"_id": "y", "brand_id": "b"}, {"brand_id": "b", "new": True}),
            DeleteOne({"_id": "z", "brand_id": "b"}),
        ]
    )
    assert (result.matched, result.modified, result.duplicates) == (2, 2, [])
    assert await things.find({"brand_id": "b"}, sort="_id") == [
        {"_id": "w", "brand_id": "b"},
        {"_id": "x", "brand_id": "b", "twice": "xx"},
        {"_id": "y", "brand_id": "b", "new": True},
    ]
    assert await things.bulk([]) == BulkResult(0, 0, [])


async def test_a_wrong_operation_in_a_bulk_is_no_duplicate(database: Database) -> None:
    """Only existing keys are forgiven; a mistake in an operation is raised even beside them."""
    things = database.brand("things")
    await things.insert({"_id": "a", "brand_id": "b", "n": "text"})
    wrong = UpdateOne({"_id": "a", "brand_id": "b"}, {"$inc": {"n": 1}})
    with pytest.raises(StatementFailed):
        await things.bulk([InsertOne({"_id": "a", "brand_id": "b"}), wrong])


async def test_a_unique_index_makes_duplicates_known(database: Database) -> None:
    """What a declared index forbids is `Duplicate`; outside its partial filter the same value may stand twice."""
    unique = Index(("brand_id", "slug"), unique=True, partial={"slug": {"$exists": True}})
    things = database.brand("things", unique, Index(("-at",), ttl_seconds=60))
    await database.ensure_indexes()
    await database.ensure_indexes()
    await things.insert({"_id": "a", "brand_id": "b", "slug": "s"})
    with pytest.raises(Duplicate):
        await things.insert({"_id": "c", "brand_id": "b", "slug": "s"})
    await things.insert_many([{"_id": name, "brand_id": "b"} for name in "de"])
    assert await things.count({"brand_id": "b"}) == 3


async def test_an_index_that_could_not_be_made_is_made_the_next_time(database: Database) -> None:
    """What one attempt to start failed over is not forgotten by the next."""
    things = database.brand("things", Index(("brand_id", "slug"), unique=True))
    await things.insert_many([{"_id": name, "brand_id": "b", "slug": "s"} for name in "ac"])
    with pytest.raises(Duplicate):
        await database.ensure_indexes()
    await things.delete({"_id": "c", "brand_id": "b"})
    await database.ensure_indexes()
    with pytest.raises(Duplicate):
        await things.insert({"_id": "d", "brand_id": "b", "slug": "s"})


async def test_find_sorts_skips_limits_and_projects(database: Database) -> None:
    """A page of a list is what was asked for, in the order that was asked for."""
    things = database.brand("things")
    await things.insert_many([{"_id": str(n), "brand_id": "b", "n": n, "odd": n % 2} for n in range(6)])
    page = await things.find({"brand_id": "b"}, sort=("-odd", "n"), skip=1, limit=3, projection=["n"])
    assert page == [{"_id": "3", "n": 3}, {"_id": "5", "n": 5}, {"_id": "0", "n": 0}]
    assert sorted(await things.distinct("odd", {"brand_id": "b"})) == [0, 1]


async def test_updates_say_what_they_did(database: Database) -> None:
    """What was found and what was changed are two things, and a document comes back as it was or as it is."""
    things = database.brand("things")
    one = {"_id": "a", "brand_id": "b"}
    assert await things.update(one, {"$set": {"n": 1}}) == UpdateResult(0, 0)
    assert await things.update(one, {"$set": {"n": 1}}, upsert=True) == UpdateResult(0, 0)
    assert await things.update(one, {"$set": {"n": 1}}) == UpdateResult(1, 0)
    assert await things.find_and_update(one, {"$inc": {"n": 1}}) == {**one, "n": 2}
    assert await things.find_and_update(one, {"$inc": {"n": 1}}, before=True) == {**one, "n": 2}
    assert await things.find_and_update({"_id": "z", "brand_id": "b"}, {"$inc": {"n": 1}}) is None
    assert (await things.update_many({"brand_id": "b"}, {"$set": {"n": 0}})).modified == 1


async def test_moments_come_back_aware(database: Database) -> None:
    """A moment written in any zone is read in UTC, and never naive."""
    things = database.brand("things")
    noon = datetime(2026, 11, 21, 12, 0, 0, 123000, tzinfo=timezone(timedelta(hours=1)))
    await things.insert({"_id": "a", "brand_id": "b", "at": noon})
    row = await things.get({"_id": "a", "brand_id": "b"})
    assert row is not None
    assert row["at"] == noon
    assert row["at"].utcoffset() == timedelta(0)
    assert abs(await database.now() - datetime.now(UTC)) < timedelta(seconds=5)


async def test_no_driver_error_leaves(database: Database) -> None:
    """What the driver or the server refuses is told in our own words."""
    things = database.brand("things")
    with pytest.raises(StatementFailed):
        await things.find({"brand_id": "b", "$nonsense": 1})
    with pytest.raises(StatementFailed):
        await things.insert({"_id": "a", "brand_id": "b", "odd": object()})
