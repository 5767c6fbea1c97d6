"""A whole brand leaves a store, or is written down, whoever is killed meanwhile; other brands notice nothing."""

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from shared import tenants
from shared.bus.envelope import EncodedMessage
from shared.events.console.tenant import ASKED, Asked
from shared.events.topics import REQUESTS
from shared.mongo.database import Database
from shared.mongo.transactions import Transaction
from shared.tenants import ERASURE, EXPORT, Tenants

OURS, OTHER = "br-kerlann", "br-other"


@pytest.fixture
async def furnished(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Two brands' documents, files, outgoing events; slices are small, and nothing is swept by the clock."""
    monkeypatch.setattr(tenants, "A_TURN", 10)
    monkeypatch.setattr(tenants, "SWEEPS", (3600.0,))
    for brand in (OURS, OTHER):
        rows = [
            {"_id": f"{brand}:{n:02d}", "brand_id": brand, "text": f"é{n}", "token_sealed": b"s"} for n in range(25)
        ]
        await database.brand("cases").insert_many(rows)
        await database.brand("deliveries").insert(
            {"_id": brand, "brand_id": brand, "secrets": ["whsec_a"], "token": "t"}
        )
        await database.system("parked").insert({"_id": brand, "brand_id": brand, "value": b"text"})
        await database.files.put(brand, "photo.jpg", b"jpg" * 100_000, {"kind": "evidence"})
        await database.transact(lambda tx, brand=brand: emitted(tx, brand))  # type: ignore[misc]
    await database.system("brakes").insert({"_id": 1, "brands": [OURS, OTHER]})
    return database


async def emitted(tx: Transaction, brand: str) -> None:
    """An event of the brand that has not left yet."""
    tx.emit(EncodedMessage("a.topic.v1", brand.encode(), b"{}", [("ce_brandid", brand.encode())]))


def asked() -> Asked:
    """A request of this moment."""
    return Asked.model_validate({**ASKED, "at": datetime.now(UTC)})


async def answers(database: Database) -> list[dict[str, Any]]:
    """What was answered on the requests' topic."""
    rows = await database.outbox.due(100)
    return [json.loads(row.message.value or b"") for row in rows if row.message.topic == REQUESTS.name]


async def worked(database: Database) -> None:
    """Until nothing is due; each slice by a process of its own, for the one before it was killed."""
    while await Tenants(database).work():
        pass


async def test_an_erased_brand_leaves_nothing_and_the_other_keeps_all(furnished: Database) -> None:
    """Documents of every collection, files, events on their way; one answer with the counts, however often asked."""
    database, request = furnished, asked()
    await Tenants(database).keep(request, ERASURE)
    await worked(database)
    await Tenants(database).keep(request, ERASURE)
    await worked(database)
    for name in ("cases", "deliveries", "parked"):
        assert await database.system(name).count({"brand_id": OURS}) == 0
    assert await database.system("cases").count({"brand_id": OTHER}) == 25
    assert await database.files.of(OURS) == []
    assert await database.system("fs.chunks").count({}) == 2
    assert len(await database.files.of(OTHER)) == 1
    assert [row.message.key for row in await database.outbox.due(10) if row.message.topic == "a.topic.v1"] == [
        OTHER.encode()
    ]
    assert (await database.system("brakes").get({"_id": 1}) or {})["brands"] == [OTHER]
    (answer,) = await answers(database)
    assert answer["counts"] == {"cases": 25, "deliveries": 1, "parked": 1, "files": 1}
    assert answer["service"] == "testing"


async def test_what_arrives_after_the_answer_is_swept(furnished: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that was under way writes once more; a later sweep finds it, and nobody is answered twice."""
    database = furnished
    monkeypatch.setattr(tenants, "SWEEPS", (0.0, 3600.0))
    await Tenants(database).keep(asked(), ERASURE)
    while not await answers(database):
        await Tenants(database).work()
    await database.brand("cases").insert({"_id": "late", "brand_id": OURS})
    await worked(database)
    assert await database.system("cases").count({"brand_id": OURS}) == 0
    assert len(await answers(database)) == 1


async def test_an_export_holds_all_of_one_brand_and_no_secret(furnished: Database) -> None:
    """JSON Lines in pieces, each written once; what the floor keeps about messages is nobody's data."""
    database, request = furnished, asked()
    own = Tenants(database, kept_back=frozenset({"keys"}))
    await database.brand("keys").insert({"_id": "digest", "brand_id": OURS})
    await own.keep(request, EXPORT)
    while await own.work():
        pass
    lines: dict[str, list[dict[str, Any]]] = {}
    for piece in await database.files.of(OURS, request_id=request.request_id):
        content = gzip.decompress(await database.files.get(OURS, piece.id)).splitlines()
        lines.setdefault(piece.name, []).extend(json.loads(line) for line in content)
    assert [row["text"] for row in lines["cases.jsonl.gz"]] == [f"é{n}" for n in range(25)]
    assert lines["deliveries.jsonl.gz"] == [{"_id": OURS, "brand_id": OURS}]
    assert lines["files.jsonl.gz"][0]["kind"] == "evidence"
    assert sorted(lines) == ["cases.jsonl.gz", "deliveries.jsonl.gz", "files.jsonl.gz"]
    assert "token_sealed" not in lines["cases.jsonl.gz"][0]
    (answer,) = await answers(database)
    assert answer["counts"] == {"cases": 25, "deliveries": 1, "files": 1}
