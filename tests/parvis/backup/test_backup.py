"""A backup and a restore on the engines that the tests share, with databases and groups of their own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pymongo
import pytest
from aiokafka import AIOKafkaConsumer
from pymongo.errors import PyMongoError
from typer.testing import CliRunner, Result

from parvis.backup import restoring
from parvis.backup.folder import Folder
from parvis.cli import app
from parvis.engines.local import Addresses
from shared.bus import groups
from shared.events.topics import VERDICTS

Client = pymongo.MongoClient[dict[str, object]]


@pytest.fixture
def prefix(engines: Addresses, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """What this test's databases and groups begin with."""
    chosen = f"test_{uuid4().hex[:10]}_"
    monkeypatch.setenv("PARVIS_KAFKA", engines.kafka)
    monkeypatch.setenv("PARVIS_MONGO", engines.mongo)
    monkeypatch.setenv("PARVIS_DATABASE_PREFIX", chosen)
    monkeypatch.setenv("PARVIS_GROUP_PREFIX", chosen)
    yield chosen
    with pymongo.MongoClient(engines.mongo) as client:
        for name in client.list_database_names():
            if name.startswith(chosen):
                client.drop_database(name)


@pytest.fixture
def client(engines: Addresses) -> Iterator[Client]:
    """A client apart from the product's."""
    with pymongo.MongoClient(engines.mongo) as client:
        yield client


def parvis(*words: object) -> Result:
    """What the command answers, in a thread: a test's event loop is running."""
    answered: list[Result] = []
    thread = threading.Thread(target=lambda: answered.append(CliRunner().invoke(app, [str(word) for word in words])))
    thread.start()
    thread.join()
    return answered[0]


async def test_stores_offsets_and_epoch_are_put_back(kafka: str, prefix: str, client: Client, tmp_path: Path) -> None:
    """Documents and indexes are those of the backup, what came later is gone, groups are where they were."""
    crm, place = client[f"{prefix}crm"], (VERDICTS.name, 0)
    crm["contacts"].insert_many([{"_id": number, "brand_id": "br-a", "mood": 1.5} for number in range(2_500)])
    crm["contacts"].create_index([("brand_id", 1), ("mood", -1)], unique=False, name="moods")
    crm["fs.files"].insert_one({"_id": "file", "metadata": {"brand_id": "br-a"}})
    (begin, _) = (await groups.bounds(kafka, [VERDICTS.name]))[place]
    await groups.put_back(kafka, f"{prefix}crm", {place: begin})
    assert parvis("backup", tmp_path / "copy").exit_code == 0
    crm["contacts"].delete_many({"_id": {"$gt": 5}})
    crm["contacts"].drop_index("moods")
    crm["later"].insert_one({"_id": 1})
    client[f"{prefix}ingest"]["objects"].insert_one({"_id": 1})
    client[f"{prefix}console"]["epochs"].insert_one({"_id": "epoch", "value": 4})
    await groups.put_back(kafka, f"{prefix}crm", {place: begin, (VERDICTS.name, 1): 0})
    checked = parvis("restore", tmp_path / "copy", "--check", "--despite-gaps")
    assert "2501 documents" in checked.output
    assert crm["contacts"].count_documents({}) == 6
    restored = parvis("restore", tmp_path / "copy", "--despite-gaps")
    assert "epoch 5" in restored.output, restored
    assert crm["contacts"].count_documents({"mood": 1.5}) == 2_500
    assert "moods" in crm["contacts"].index_information()
    assert sorted(crm.list_collection_names()) == ["contacts", "epochs", "fs.files"]
    assert client[f"{prefix}ingest"].list_collection_names() == ["epochs"]
    committed = await groups.committed(kafka, [f"{prefix}crm"])
    assert committed[f"{prefix}crm"][place] == begin


async def test_what_was_erased_after_the_copy_is_erased_again(prefix: str, client: Client, tmp_path: Path) -> None:
    """Known from the databases that it replaces; where those are lost, from a later backup."""
    console = client[f"{prefix}console"]
    console["brands"].insert_one({"_id": "br-a"})
    assert parvis("backup", tmp_path / "old").exit_code == 0
    asked = {"kind": "erasure", "brand": "br-a", "by": "ines", "why": "left", "asked_at": datetime.now(UTC)}
    console["requests"].insert_one({"_id": "r-1", "answers": [], **asked})
    assert parvis("backup", tmp_path / "new").exit_code == 0
    for lost, more in ((False, []), (True, ["--erasures", tmp_path / "new"]), (True, [])):
        if lost:
            client.drop_database(console.name)
        words = ["restore", tmp_path / "old", "--despite-gaps", *more]
        shown, checked = "" if lost and not more else "br-a was erased after this copy", parvis(*words, "--check")
        assert shown in checked.output, checked
        assert console["requests"].count_documents({"again": True}) == 0
        restored = parvis(*words)
        assert restored.exit_code == 0, restored
        assert console["brands"].count_documents({}) == 1
        again = {row["repeats"] for row in console["requests"].find({"again": True})}
        assert again == ({"r-1"} if shown else set())
    damaged = tmp_path / "new" / "console" / "requests.bson.gz"
    damaged.write_bytes(b"x")
    assert "not as it was written" in str(parvis("restore", tmp_path / "old", "--erasures", tmp_path / "new").exception)


async def test_all_stores_are_copied_as_they_were_at_one_moment(prefix: str, client: Client, tmp_path: Path) -> None:
    """A transaction over two databases is in the copy whole or not at all, however busy the writers."""
    one, other = client[f"{prefix}crm"]["left"], client[f"{prefix}publisher"]["right"]
    padding = "x" * 2_000
    for collection in (one, other):
        collection.insert_many([{"_id": number, "n": 0, "padding": padding} for number in range(3_000)])
    begun, stop = threading.Event(), threading.Event()

    def write() -> None:
        with pymongo.MongoClient(client.address and f"mongodb://{client.address[0]}:{client.address[1]}") as own:
            left, right = own[one.database.name]["left"], own[other.database.name]["right"]
            number = 0
            while not stop.is_set():
                number = (number + 7) % 3_000
                with suppress(PyMongoError):  # one that took too long is undone by the database, whole
                    with own.start_session() as session, session.start_transaction():
                        left.update_one({"_id": number}, {"$inc": {"n": 1}}, session=session)
                        right.update_one({"_id": 2_999 - number}, {"$inc": {"n": 1}}, session=session)
                    begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert begun.wait(30)
        answer = parvis("backup", tmp_path / "copy")
    finally:
        stop.set()
        writer.join()
    assert answer.exit_code == 0, answer.exception
    copy = Folder(tmp_path / "copy")
    sums = [
        sum(total(document) for batch in copy.read(service, name) for document in batch)
        for service, name in (("crm", "left"), ("publisher", "right"))
    ]
    assert sums[0] == sums[1] > 0


def total(document: bytes) -> int:
    """The counter in a document."""
    import bson

    return int(bson.decode(document)["n"])


async def test_what_cannot_be_done_is_said_and_changes_nothing(
    kafka: str, prefix: str, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another's folder, half a copy, a service that is running."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    assert "not empty" in str(parvis("backup", tmp_path / "full").exception)
    assert "no backup" in str(parvis("restore", tmp_path / "full").exception)
    monkeypatch.setattr(restoring, "GONE_SECONDS", 1.0)
    crm = client[f"{prefix}crm"]["contacts"]
    crm.insert_one({"_id": 1})
    assert parvis("backup", tmp_path / "copy").exit_code == 0
    crm.insert_one({"_id": 2})
    async with AIOKafkaConsumer(bootstrap_servers=kafka, group_id=f"{prefix}crm") as running:
        running.subscribe([VERDICTS.name])
        with suppress(TimeoutError):
            await asyncio.wait_for(running.getone(), 2)  # by then it is a member
        assert "stop the services first" in str(parvis("restore", tmp_path / "copy", "--despite-gaps").exception)
    assert crm.count_documents({}) == 2
    assert parvis("restore", tmp_path / "copy", "--despite-gaps").exit_code == 0
    assert crm.count_documents({}) == 1
