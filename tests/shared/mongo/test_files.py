"""Evidence and media are kept whole, and apart."""

import os
from datetime import timedelta

import pytest

from shared.errors import Duplicate, NotFound
from shared.mongo.database import Database


async def test_ten_megabytes_come_back_whole(database: Database) -> None:
    """The largest media that evidence may hold is stored and read again byte for byte."""
    content = os.urandom(10 * 1024 * 1024)
    file_id = await database.files.put("b", "scene.mp4", content, {"type": "video/mp4"})
    assert await database.files.get("b", file_id) == content
    pieces = [piece async for piece in database.files.pieces("b", file_id)]
    assert b"".join(pieces) == content
    assert max(map(len, pieces)) < 300_000
    about = await database.files.about("b", file_id)
    assert (about.name, about.length, about.metadata) == ("scene.mp4", len(content), {"type": "video/mp4"})
    assert await database.now() - about.stored_at < timedelta(seconds=20)


async def test_another_brands_file_is_not_there(database: Database) -> None:
    """Knowing a file's id is of no use without its brand."""
    file_id = await database.files.put("theirs", "a.txt", b"secret")
    for refused in (database.files.get, database.files.about, database.files.delete):
        with pytest.raises(NotFound):
            await refused("mine", file_id)
    with pytest.raises(NotFound):
        await anext(database.files.pieces("mine", file_id))
    assert await database.files.get("theirs", file_id) == b"secret"


async def test_a_file_of_ones_own_id_is_put_once(database: Database) -> None:
    """Work that is done again finds its file there already; removed, it is gone."""
    assert await database.files.put("b", "a.txt", b"one", file_id="mine") == "mine"
    with pytest.raises(Duplicate):
        await database.files.put("b", "a.txt", b"two", file_id="mine")
    assert await database.files.get("b", "mine") == b"one"
    await database.files.delete("b", "mine")
    with pytest.raises(NotFound):
        await database.files.get("b", "mine")


async def test_what_a_death_left_of_a_file_is_no_file(database: Database) -> None:
    """Pieces without a header are replaced by the next try, and go with whoever removes them."""
    content, pieces = os.urandom(600_000), database.system("fs.chunks")
    for name in ("again", "never"):
        await database.files.put("b", name, content, file_id=name)
        await database.system("fs.files").delete({"_id": name})
    await database.files.put("b", "again", content[::-1], file_id="again")
    assert await database.files.get("b", "again") == content[::-1]
    with pytest.raises(NotFound):
        await database.files.delete("b", "never")
    assert await pieces.count({"files_id": "never"}) == 0
