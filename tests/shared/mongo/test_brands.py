"""Tenants do not meet: the way in refuses what does not name its brand."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from shared.errors import BrandMissing
from shared.mongo.collections import BrandCollection
from shared.mongo.database import Database
from shared.mongo.operations import DeleteOne, InsertOne, ReplaceOne, UpdateOne

Call = Callable[[BrandCollection], Awaitable[Any]]

NAMELESS: list[dict[str, Any]] = [
    {},
    {"_id": "a"},
    {"brand_id": None},
    {"brand_id": ""},
    {"brand_id": {"$ne": "mine"}},
    {"brand_id": {"$exists": True}},
    {"$or": [{"brand_id": "mine"}, {"brand_id": "theirs"}]},
]
SET = {"$set": {"n": 1}}
WITHOUT_BRAND: dict[str, Call] = {
    "insert": lambda c: c.insert({"_id": "a"}),
    "insert_many": lambda c: c.insert_many([{"_id": "a", "brand_id": "mine"}, {"_id": "b"}]),
    "replace moves": lambda c: c.replace({"brand_id": "mine"}, {"brand_id": "theirs"}),
    "bulk insert": lambda c: c.bulk([InsertOne({"_id": "a"})]),
    "bulk update": lambda c: c.bulk([UpdateOne({"_id": "a"}, SET)]),
    "bulk delete": lambda c: c.bulk([DeleteOne({"_id": "a"})]),
    "bulk replace moves": lambda c: c.bulk([ReplaceOne({"brand_id": "mine"}, {"brand_id": "theirs"})]),
    "aggregate all": lambda c: c.aggregate([{"$group": {"_id": None}}]),
    "aggregate nothing": lambda c: c.aggregate([]),
    "aggregate late": lambda c: c.aggregate([{"$sort": {"_id": 1}}, {"$match": {"brand_id": "mine"}}]),
    "aggregate beyond": lambda c: c.aggregate(
        [{"$match": {"brand_id": "mine"}}, {"$facet": {"x": [{"$lookup": {"from": "other"}}]}}]
    ),
    "write to several": lambda c: c.update({"brand_id": {"$in": ["mine", "theirs"]}}, SET),
    "delete of several": lambda c: c.delete({"brand_id": {"$in": ["mine", "theirs"]}}),
}
BY_FILTER: dict[str, Callable[[BrandCollection, dict[str, Any]], Awaitable[Any]]] = {
    "get": lambda c, where: c.get(where),
    "find": lambda c, where: c.find(where),
    "count": lambda c, where: c.count(where),
    "distinct": lambda c, where: c.distinct("n", where),
    "aggregate": lambda c, where: c.aggregate([{"$match": where}]),
    "update": lambda c, where: c.update(where, SET),
    "update_many": lambda c, where: c.update_many(where, SET),
    "find_and_update": lambda c, where: c.find_and_update(where, SET),
    "replace": lambda c, where: c.replace(where, {"n": 1, "brand_id": "mine"}),
    "delete": lambda c, where: c.delete(where),
    "bulk": lambda c, where: c.bulk([UpdateOne({"brand_id": "mine"}, SET), UpdateOne(where, SET)]),
}


async def test_a_filter_without_its_brand_raises(database: Database) -> None:
    """Whatever the method, a query that does not name one brand never reaches the server."""
    things = database.brand("things")
    await things.insert({"_id": "a", "brand_id": "theirs", "n": 0})
    for method, call in BY_FILTER.items():
        for where in NAMELESS:
            with pytest.raises(BrandMissing):
                await call(things, where)
                pytest.fail(f"{method} took {where}")
    assert await things.get({"_id": "a", "brand_id": "theirs"}) == {"_id": "a", "brand_id": "theirs", "n": 0}


async def test_every_way_around_the_brand_is_shut(database: Database) -> None:
    """Documents, bulks and pipelines that leave the brand out, or leave the brand, are refused whole."""
    things = database.brand("things")
    for name, call in WITHOUT_BRAND.items():
        with pytest.raises(BrandMissing):
            await call(things)
            pytest.fail(f"{name} was let through")
    assert await database.system("things").count({}) == 0


async def test_a_person_reads_the_brands_granted_to_them(database: Database) -> None:
    """A list of brands opens exactly those, and an empty list opens none."""
    things = database.brand("things")
    for brand in ("one", "two", "three"):
        await things.insert({"_id": brand, "brand_id": brand})
    granted = {"brand_id": {"$in": ["one", "two"]}}
    assert {row["_id"] for row in await things.find(granted)} == {"one", "two"}
    assert await things.count(granted) == 2
    assert len(await things.aggregate([{"$match": granted}])) == 2
    assert await things.find({"brand_id": {"$in": []}}) == []


async def test_another_brands_document_is_out_of_reach(database: Database) -> None:
    """Knowing an id is of no use without its brand: nothing is read, changed or removed."""
    things = database.brand("things")
    await things.insert({"_id": "a", "brand_id": "theirs", "n": 0})
    mine = {"_id": "a", "brand_id": "mine"}
    assert await things.get(mine) is None
    assert (await things.update(mine, SET)).matched == 0
    assert await things.delete(mine) == 0
    assert (await things.bulk([UpdateOne(mine, SET, upsert=True)])).duplicates == [0]
    assert await things.get({"_id": "a", "brand_id": "theirs"}) == {"_id": "a", "brand_id": "theirs", "n": 0}
