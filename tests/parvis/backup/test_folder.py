"""A copy that is not whole is never taken for one."""

import json
from pathlib import Path

import pytest

from parvis.backup.folder import MANIFEST, OFFSETS, Folder, Manifest
from parvis.errors import CommandFailed

ONE, TWO = b"\x0c\x00\x00\x00\x10a\x00\x01\x00\x00\x00\x00", b"\x05\x00\x00\x00\x00"


def whole(path: Path) -> Folder:
    """A small copy that came to its end."""
    folder = Folder(path)
    folder.begin()
    digest = folder.write_json(OFFSETS, {"groups": {"crm": {"moderation.verdicts.v1": {"0": 7}}}})
    told: list[int] = []
    held = folder.write("crm", "contacts", [ONE + TWO, ONE], ["{}"], told.append)
    folder.end(Manifest("now", "cluster", digest, 3, {"crm": {"contacts": held}}))
    assert told == [2, 1]
    return folder


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    """Documents, numbers and offsets come back as they were."""
    folder = whole(tmp_path / "copy")
    manifest = folder.manifest()
    assert list(folder.read("crm", "contacts")) == [[ONE, TWO, ONE]]
    assert (manifest.documents, manifest.epoch) == (3, 3)
    assert folder.offsets() == {"crm": {"moderation.verdicts.v1": {"0": 7}}}
    assert [why for _, why in folder.wrong(manifest) if why] == []


def test_half_a_copy_is_refused(tmp_path: Path) -> None:
    """A copy that was broken off has no manifest."""
    folder = whole(tmp_path / "copy")
    (folder.path / MANIFEST).unlink()
    with pytest.raises(CommandFailed, match="half"):
        folder.manifest()
    with pytest.raises(CommandFailed, match="not empty"):
        folder.begin()


def test_a_damaged_or_missing_file_is_named(tmp_path: Path) -> None:
    """One bit is enough."""
    folder = whole(tmp_path / "copy")
    file = folder.file("crm", "contacts")
    content = bytearray(file.read_bytes())
    content[-9] ^= 1
    file.write_bytes(content)
    assert [why for _, why in folder.wrong(folder.manifest()) if why] == [
        "crm/contacts.bson.gz is not as it was written"
    ]
    (folder.path / OFFSETS).unlink()
    assert "offsets.json is missing" in [why for _, why in folder.wrong(folder.manifest())]


@pytest.mark.parametrize("change", [{"format": 2}, {"parvis": "99.0.0"}])
def test_a_copy_of_a_newer_parvis_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    """Its stores may have a form that nobody here can read."""
    folder = whole(tmp_path / "copy")
    told = json.loads((folder.path / MANIFEST).read_bytes())
    folder.write_json(MANIFEST, told | change)
    with pytest.raises(CommandFailed, match="restore it with that version"):
        folder.manifest()
