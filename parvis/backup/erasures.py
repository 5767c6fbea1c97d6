"""What was erased after a backup was made, and comes back with it: a restore has it erased again."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from parvis.backup.folder import Folder
from parvis.backup.whose import Deployment
from parvis.errors import CommandFailed
from parvis.ops.engines import SERVICES
from shared.events.ids import derive
from shared.mongo.raw import Raw, decoded

KEPT_BY, KEPT_IN = "console", "requests"  # console keeps the record of every erasure, also of a brand that is gone
KINDS = ("erasure", "person")
Row = dict[str, Any]


def kept(folder: Path) -> list[Row]:
    """The erasures that a backup knows of. Raises `CommandFailed` where it is none, or not as it was written."""
    copy = Folder(folder)
    manifest = copy.manifest()
    held = manifest.databases.get(KEPT_BY, {}).get(KEPT_IN)
    if held is None:
        return []
    for _, why in copy.wrong(replace(manifest, databases={KEPT_BY: {KEPT_IN: held}})):
        if why:
            raise CommandFailed(f"{folder}: {why}")
    return [row for batch in copy.read(KEPT_BY, KEPT_IN) for row in decoded(batch) if row["kind"] in KINDS]


def present(raw: Raw, whose: Deployment) -> list[Row]:
    """Those that the databases know which the copy is about to replace; none where they are lost."""
    return [row for row in raw.documents(whose.database(KEPT_BY), KEPT_IN) if row["kind"] in KINDS]


def undone(copied: Iterable[Row], later: Iterable[Row]) -> list[Row]:
    """What the copy does not know to be erased everywhere, as it was asked; the newest first."""
    done = {row["_id"] for row in copied if {one["service"] for one in row["answers"]} >= {*SERVICES}}
    known = {row["_id"]: row for row in (*copied, *later)}
    return sorted((row for row in known.values() if row["_id"] not in done), key=lambda row: row["asked_at"])[::-1]


def repeated(rows: Sequence[Row], epoch: int) -> list[Row]:
    """The records themselves, and for each brand or person one request that console has not worked off."""
    newest = {(row["brand"], row.get("person_id", "")): row for row in reversed(rows)}
    return [*rows, *(_again(row, epoch) for row in newest.values())]


def told(rows: Sequence[Row]) -> list[str]:
    """What a person should know, in words; empty where nothing is to be repeated."""
    brands = sorted({row["brand"] for row in rows if row["kind"] == "erasure"})
    persons = len({(row["brand"], row["person_id"]) for row in rows if row["kind"] == "person"})
    said = [f"brand {name} was erased after this copy" for name in brands]
    said += [f"persons erased after this copy: {persons}"] if persons else []
    return [*said, "as soon as the services start, they are erased again"] if said else []


def _again(row: Row, epoch: int) -> Row:
    """Under an id of its own, so that every service takes it for new whatever it knows of the first."""
    fresh = {"_id": derive("erased-again", row["_id"], epoch), "answers": [], "parts": 0, "again": True}
    return {**row, **fresh, "repeats": row["_id"]}
