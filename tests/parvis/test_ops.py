"""What an operator sees and does from a shell."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pymongo
import pytest
from typer.testing import CliRunner, Result

from parvis.cli import app
from parvis.engines.local import Addresses
from shared.audit import link


@pytest.fixture
def prefix(engines: Addresses, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Databases of the test's own, on the engines that the tests share."""
    chosen = f"test_{uuid4().hex[:10]}_"
    monkeypatch.setenv("PARVIS_KAFKA", engines.kafka)
    monkeypatch.setenv("PARVIS_MONGO", engines.mongo)
    monkeypatch.setenv("PARVIS_DATABASE_PREFIX", chosen)
    monkeypatch.setenv("COLUMNS", "240")
    yield chosen
    with pymongo.MongoClient(engines.mongo) as client:
        for name in client.list_database_names():
            if name.startswith(chosen):
                client.drop_database(name)


def parvis(*words: str) -> Result:
    """What the command answers."""
    return CliRunner().invoke(app, list(words))


def dead_letter(engines: Addresses, database: str) -> None:
    """A message that moderation gave up."""
    now = datetime.now(UTC)
    row = {
        "group": "moderation",
        "topic": "ingest.interactions.v1",
        "partition": 2,
        "offset": 41,
        "type": "io.parvis.ingest.InteractionReceived.v1",
        "brand_id": "br-kerlann",
        "state": "dead",
        "reason": "failed",
        "error": "ValueError: spoilt",
        "tries": 4,
        "timestamp_ms": int(now.timestamp() * 1000),
        "first_at": now,
        "updated_at": now,
    }
    with pymongo.MongoClient(engines.mongo) as client:
        client[database]["parked"].insert_one(row)


def test_a_dead_message_is_seen_counted_and_brought_back(engines: Addresses, prefix: str) -> None:
    """`parked` shows it and why, `replay` first only counts, and with --go sets it to be tried now."""
    dead_letter(engines, f"{prefix}moderation")
    shown = parvis("parked").output
    assert all(word in shown for word in ("moderation", "dead", "br-kerlann", "ValueError: spoilt", "2:41"))
    assert "1 dead messages" in parvis("replay", "moderation", "--error", "spoilt").output
    assert "0 dead messages" in parvis("replay", "moderation", "--brand", "br-other", "--go").output
    assert "1 dead messages of moderation come back now" in parvis("replay", "moderation", "--go").output
    assert "parked" in parvis("parked", "moderation", "--state", "parked").output
    assert parvis("replay", "all").exit_code != 0


def test_what_was_given_up_is_shown_with_its_reason_and_never_silently_cut(engines: Addresses, prefix: str) -> None:
    """The reason says whether a replay makes sense; where there is more than is shown, that is said too."""
    for _ in range(3):
        dead_letter(engines, f"{prefix}moderation")
    shown = parvis("parked", "--limit", "2").output
    assert shown.count(" failed ") == 2
    assert "the latest 2 of each service" in shown
    assert "the latest" not in parvis("parked").output
    assert "there is no state lost" in str(parvis("parked", "--state", "lost").exception)


def test_the_epoch_is_raised_everywhere_at_once(prefix: str) -> None:
    """After a restore every store has the same, higher epoch."""
    assert "publisher: epoch 1" in parvis("epoch", "raise").output
    assert "moderation: epoch 2" in parvis("epoch", "raise").output
    assert parvis("epoch", "show").output.count(" 2 ") >= 4


def test_topics_lag_and_brakes_answer(kafka: str, prefix: str) -> None:
    """The catalogue's topics are there; no brake is pulled in a fresh deployment."""
    assert "console.directory.v1" in parvis("topics").output
    assert "nothing to do" in parvis("topics", "create").output
    assert "behind" in parvis("lag").output
    assert "no group nobody has read here" in str(parvis("lag", "nobody").exception)
    assert "no brake is pulled" in str(parvis("resume", "all").exception)


def test_a_tampered_audit_log_is_found(engines: Addresses, prefix: str) -> None:
    """`audit verify` walks each brand's chain; one changed row fails it, and is named."""
    assert "no brand has a log" in parvis("audit", "verify").output
    now = datetime(2026, 11, 25, 9, 5, tzinfo=UTC)
    head: dict[str, Any] = {"n": 0, "digest": ""}
    with pymongo.MongoClient[dict[str, Any]](engines.mongo) as client:
        console = client[f"{prefix}console"]
        for number in range(1, 4):
            row: dict[str, Any] = {"_id": f"e{number}", "brand_id": "br", "act": "hold.set", "about": "h", "at": now}
            row |= {"person": "ines", "details": {"why": "fire"}, "salt": "s", "linked": True}
            console["auditLog"].insert_one(row)
            head = link(row, number, head["digest"])
            console["auditChain"].insert_one({"_id": f"br:{number}", **head})
        console["auditHeads"].insert_one({"_id": "br", "brand_id": "br", "n": 3, "digest": head["digest"]})
        sound = parvis("audit", "verify")
        assert (sound.exit_code, "br: 3 links hold" in sound.output) == (0, True)
        console["auditLog"].update_one({"_id": "e2"}, {"$set": {"person": "tom"}})
    assert "bar has no log" in str(parvis("audit", "verify", "--brand", "bar").exception)
    found = parvis("audit", "verify", "--brand", "br")
    assert "br: link 2: its row was changed" in str(found.exception)
