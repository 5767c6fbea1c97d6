"""What was kept is shown to those who may read the brand, and a stranger's file never becomes a page of ours."""

import hashlib
import struct
from typing import Any

import httpx
import pytest

from services.moderation.domain.raster import MOST_PIXELS, raster_type, shown_type
from shared.events.ids import derive
from shared.events.ingest.parts import Media
from tests.services.moderation.conftest import BOMB, INSULT, PAGE, PICTURE, PNG, Moderation
from tests.services.moderation.test_evidence import fetched

HEADS = {
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\r": "image/png",
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01": "image/jpeg",
    b"GIF89a\x01\x00\x01\x00\x00\x00": "image/gif",
    b"RIFF\x24\x00\x00\x00WEBP": "image/webp",
    b"RIFF\x24\x00\x00\x00WAVE": "",
    b"<svg xmlns=": "",
    b"GIF<script>x": "",
    b"": "",
}


@pytest.mark.parametrize("head", HEADS)
def test_only_raster_images_are_known_by_their_first_bytes(head: bytes) -> None:
    """What a host calls its file counts for nothing."""
    assert raster_type(head) == HEADS[head]


def jpeg(width: int, height: int) -> bytes:
    """With padding, a table and an extension before the frame header."""
    before = b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(10) + b"\xff\xff\xc4\0\x04\0\0" + b"\xff\xfe\0\x02"
    return before + b"\xff\xc2\0\x11\x08" + struct.pack(">HH", height, width) + bytes(12)


def webp(kind: bytes, size: bytes) -> bytes:
    """A RIFF file of one chunk."""
    return b"RIFF\0\0\0\0WEBP" + kind + bytes(4) + size


SIZED = {
    "png": lambda w, h: PNG + struct.pack(">II", w, h),
    "jpeg": jpeg,
    "gif": lambda w, h: b"GIF89a" + struct.pack("<HH", w, h),
    "webp, extended": lambda w, h: webp(
        b"VP8X", bytes(4) + (w - 1).to_bytes(3, "little") + (h - 1).to_bytes(3, "little")
    ),
    "webp, lossless": lambda w, h: webp(b"VP8L", b"/" + (w - 1 | h - 1 << 14).to_bytes(4, "little") + bytes(5)),
    "webp, lossy": lambda w, h: webp(b"VP8 ", bytes(6) + struct.pack("<HH", w, h)),
}


@pytest.mark.parametrize("kind", SIZED)
def test_a_picture_that_would_fill_a_browser_is_not_shown(kind: str) -> None:
    """By the size that it declares; none, or one that breaks off, is none that can be shown."""
    made = SIZED[kind]
    assert shown_type(made(640, 480)) == raster_type(made(640, 480))
    assert shown_type(made(16_000, MOST_PIXELS // 16_000 + 1)) == ""
    assert [shown_type(made(640, 480)[:end]) for end in range(9)] == [""] * 9


async def test_a_pixel_bomb_is_only_saved(moderation: Moderation) -> None:
    """Kept as evidence like any other file; no moderator's browser unpacks it by looking at the case."""
    said = await insult(moderation, "bomb.png")
    (kept,) = (await asked(moderation, said)).json()["evidence"]
    assert (kept["media"][0]["state"], kept["media"][0]["picture"]) == ("kept", "")
    answer = await asked(moderation, said, await file_of(moderation, said))
    assert answer.content == BOMB
    assert answer.headers["content-disposition"].startswith("attachment")


async def test_evidence_tells_what_stood_there(moderation: Moderation) -> None:
    """Text, author and hashes, after the interaction itself was deleted at its source too."""
    said = await insult(moderation, "p.png", "gone.png")
    await moderation.hears(moderation.deleted(said))
    answer = await asked(moderation, said)
    (kept,) = answer.json()["evidence"]
    assert (kept["text"], kept["author"]["name"]) == (INSULT, "camille")
    assert kept["sha256"] == hashlib.sha256(INSULT.encode()).hexdigest()
    first, second = kept["media"]
    assert (first["sha256"], first["picture"]) == (hashlib.sha256(PICTURE).hexdigest(), "image/png")
    assert second["why"] == "media not obtained: the host answered 404"


async def test_a_picture_is_shown_in_place(moderation: Moderation) -> None:
    """Its bytes as they were fetched, and nothing in them may run."""
    said = await insult(moderation, "p.png")
    answer = await asked(moderation, said, await file_of(moderation, said))
    assert (answer.status_code, answer.content) == (200, PICTURE)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"] == "inline"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox"


async def test_a_page_that_calls_itself_a_picture_is_only_saved(moderation: Moderation) -> None:
    """The host's word does not make it one: it is handed over as a file."""
    said = await insult(moderation, "page.png")
    answer = await asked(moderation, said, await file_of(moderation, said))
    assert answer.content == PAGE
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-security-policy"] == "sandbox"


async def test_nobody_elses_evidence(moderation: Moderation) -> None:
    """Another brand's case is not there, a token for another brand opens nothing, and no other file of ours does."""
    said = await insult(moderation, "p.png")
    file_id = await file_of(moderation, said)
    case_id = derive("case", said.interaction_id)
    for tail in ("", f"/{file_id}"):
        path = f"/brands/other/cases/{case_id}/evidence{tail}"
        assert (await moderation.command("GET", path, right="read", owner="other")).status_code == 404
        assert (await moderation.command("GET", path, right="read")).status_code == 403
        assert (await asked(moderation, said, file_id, right="decide")).status_code == 403
    stray = await moderation.resources.floor.database.files.put(moderation.brand_id, "export", b"not evidence")
    assert (await asked(moderation, said, stray)).status_code == 404


async def insult(moderation: Moderation, *pictures: str) -> Any:
    """An insult with pictures, judged, its media fetched."""
    said = moderation.said(INSULT, media=[Media(url=f"{moderation.web}/{name}") for name in pictures])
    await moderation.hears(said)
    assert await fetched(moderation)
    return said


async def asked(moderation: Moderation, said: Any, file_id: str = "", right: Any = "read") -> httpx.Response:
    """The case's evidence, or one file of it."""
    path = f"/brands/{moderation.brand_id}/cases/{derive('case', said.interaction_id)}/evidence"
    return await moderation.command("GET", path + (f"/{file_id}" if file_id else ""), right=right)


async def file_of(moderation: Moderation, said: Any) -> str:
    """The id of the case's first file."""
    (kept,) = (await asked(moderation, said)).json()["evidence"]
    return str(kept["media"][0]["file_id"])
