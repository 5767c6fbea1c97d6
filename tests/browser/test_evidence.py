"""Evidence in a real browser: what was kept stands beside the case, its pictures behind a key, and nothing leaks."""

import struct
import zlib
from collections.abc import Awaitable, Callable

import httpx
import pytest
from playwright.async_api import expect

from tests.browser.desk import Desk, Town

Sit = Callable[..., Awaitable[Desk]]


@pytest.mark.parametrize("width", [1280, 390])
async def test_a_picture_is_kept_and_shown_after_a_press(sit: Sit, town: Town, width: int) -> None:
    """The moderator reads text, author and hashes at once, and sees the picture only when V is pressed."""
    seen, gone = await uploaded(town), f"{town.platform.simulator.url}/media/0"
    await town.stands(
        await town.hears(f"Idiots, bastards, look at this {width}", "Gaz Porter", "mastodon", media=[seen, gone])
    )
    desk = await sit("tom", width=width, height=844)
    await desk.go("/all/moderation")
    await desk.page.locator("a[data-row]", has_text=f"look at this {width}").click()
    await desk.page.wait_for_selector(".chosen", state="attached")
    await desk.sees("SHA-256", "#evidence")
    await desk.sees(f"look at this {width}", "#evidence")
    await desk.sees("Media not obtained: its host answered 404.", "#evidence")
    picture = desk.page.locator("#evidence img")
    assert not await picture.is_visible()
    assert await picture.evaluate("image => image.naturalWidth") == 0
    await desk.press("v")
    await picture.scroll_into_view_if_needed()
    await expect(picture).to_have_js_property("naturalWidth", 64)
    await desk.picture(f"evidence-{width}")


async def test_a_kept_picture_opens_alone(sit: Sit, town: Town) -> None:
    """In a window of its own, sandboxed, as the picture that it is."""
    await town.stands(await town.hears("Bastards, idiots, alone", "Gaz Porter", media=[await uploaded(town)]))
    desk = await sit("tom")
    await desk.go("/all/moderation")
    await desk.page.locator("a[data-row]", has_text="idiots, alone").click()
    await desk.page.wait_for_selector("#evidence details")
    await desk.press("v")
    address = await desk.page.locator("#evidence .thumbs a").get_attribute("href")
    answer = await desk.page.goto(desk.town.platform.urls["console"] + str(address))
    assert answer is not None
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    assert answer.headers["content-security-policy"] == "sandbox"
    assert await desk.page.evaluate("document.images[0].naturalWidth") == 64


async def uploaded(town: Town) -> str:
    """The address of a small picture on a network."""
    simulator, account = town.platform.simulator, town.accounts["mastodon"]
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {account['token']}"}) as http:
        answer = await http.post(
            f"{simulator.base_url('mastodon')}/api/v2/media", files={"file": ("a.png", png(), "image/png")}
        )
    answer.raise_for_status()
    return f"{simulator.url}/media/{answer.json()['id']}"


def png(side: int = 64) -> bytes:
    """A square of one colour fading into another."""
    rows = b"".join(b"\0" + bytes(v for x in range(side) for v in (160, 4 * y, 4 * x)) for y in range(side))
    pieces = (
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in pieces
    )
