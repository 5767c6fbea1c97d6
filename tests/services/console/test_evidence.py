"""A moderator sees what was kept before a hide; nobody of another brand does, and no stranger's file gets loose."""

from typing import Any

from tests.services.console.house import House
from tests.services.console.visitor import Visitor

PICTURE = b"\x89PNG\r\n\x1a\n and so on"
SAFE = {
    "content-type": "image/png",
    "content-disposition": "inline",
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox",
    "x-internal": "not for browsers",
}
KEPT = {"state": "kept", "file_id": "f-1", "sha256": "ab12" * 16, "size": 120_400, "picture": "image/png"}
GONE = {"state": "missing", "why": "media not obtained: the host answered 404"}


def said(*media: dict[str, Any], **more: Any) -> dict[str, Any]:
    """One revision as moderation kept it."""
    author = {"name": "Gaz of <b>Leeds</b>", "handle": "gaz"}
    text = {"text": "You are clowns", "sha256": "cd34" * 16, "revision": 1, "said_at": "2026-11-20T09:00:00+00:00"}
    return {"author": author, **text, "media": [{"url": "https://pics.example/a.png", **one} for one in media], **more}


async def test_what_was_kept_is_shown(house: House, ines: Visitor) -> None:
    """Text, author, time and hashes; pictures only after a click; and why one is missing."""
    item = await case(house, said(KEPT, GONE))
    html = (await ines.open(f"/{house.brand('first')}/moderation/{item}/evidence", part=True)).text
    assert "You are clowns" in html
    assert "Gaz of &lt;b&gt;Leeds&lt;/b&gt;" in html
    assert "cd34cd34cd34cd34…" in html
    assert "ab12ab12ab12ab12…" in html
    before, _, inside = html.partition("<details")
    assert "<img" not in before
    assert f'<img src="/{house.brand("first")}/moderation/{item}/evidence/f-1"' in inside
    assert 'loading="lazy"' in inside
    assert "Media not obtained: its host answered 404." in html
    assert "pics.example" in html


async def test_the_page_asks_for_it_and_stands_without_it(house: House, ines: Visitor) -> None:
    """The case is there at once; moderation away costs this part alone, and it says so."""
    item = await case(house, said())
    page = (await ines.open(f"/all/moderation/{item}")).text
    assert f'hx-get="/{house.brand("first")}/moderation/{item}/evidence"' in page
    house.neighbours.away = True
    part = await ines.see(f"/{house.brand('first')}/moderation/{item}/evidence", part=True)
    assert "Moderation does not answer now" in part


async def test_what_is_not_kept_yet_says_so(house: House, ines: Visitor) -> None:
    """Nothing was hidden; or the media are still being fetched, and the part looks again by itself."""
    item = await case(house)
    path = f"/{house.brand('first')}/moderation/{item}/evidence"
    assert "Nothing is hidden yet" in await ines.see(path, part=True)
    house.neighbours.will("/evidence", 200, {"evidence": [said({"state": "wanted"})]})
    part = (await ines.open(path, part=True)).text
    assert "Its media are being fetched." in part
    assert 'hx-trigger="load delay:2s"' in part


async def test_a_file_is_passed_on_under_guard(house: House, ines: Visitor) -> None:
    """The bytes as they were kept, with moderation's guards and nothing else of its headers."""
    item = await case(house, said(KEPT))
    house.neighbours.files["/evidence/f-1"] = (PICTURE, SAFE)
    answer = await ines.open(f"/{house.brand('first')}/moderation/{item}/evidence/f-1")
    assert answer.content == PICTURE
    for name in ("content-type", "content-disposition", "x-content-type-options", "content-security-policy"):
        assert answer.headers[name] == SAFE[name]
    assert answer.headers["cache-control"] == "no-store"
    assert "x-internal" not in answer.headers
    assert (await ines.open(f"/{house.brand('first')}/moderation/{item}/evidence/f-2")).status_code == 404
    house.neighbours.away = True
    assert (await ines.open(f"/{house.brand('first')}/moderation/{item}/evidence/f-1")).status_code == 503


async def test_another_brands_member_finds_nothing(house: House, omar: Visitor, vera: Visitor) -> None:
    """By its own address or under a brand of theirs: 404, and moderation is not even asked."""
    item = await case(house, said(KEPT))
    house.neighbours.files["/evidence/f-1"] = (PICTURE, SAFE)
    for brand in ("first", "second"):
        for tail in ("", "/f-1"):
            path = f"/{house.brand(brand)}/moderation/{item}/evidence{tail}"
            assert (await omar.open(path, part=True)).status_code == 404
    assert house.neighbours.asked == []
    assert "You are clowns" in await vera.see(f"/{house.brand('first')}/moderation/{item}/evidence", part=True)


async def test_nobody_signed_in_sees_nothing(house: House, visitor: Any) -> None:
    """A picture's address alone is of no use."""
    item = await case(house, said(KEPT))
    answer = await visitor().client.get(f"/{house.brand('first')}/moderation/{item}/evidence/f-1")
    assert answer.status_code == 303
    assert house.neighbours.asked == []


async def case(house: House, *kept: dict[str, Any]) -> str:
    """An insult at the first brand, its case open, and what moderation kept of it."""
    item = await house.hears("first", "You are clowns")
    await house.opens_case(item)
    house.neighbours.will("/evidence", 200, {"evidence": list(kept)})
    return item
