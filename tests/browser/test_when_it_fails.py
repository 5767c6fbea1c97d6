"""What a person asked for and did not get: it is said, and what they wrote and look at stays where it is."""

from collections.abc import Awaitable, Callable

from playwright.async_api import expect

from tests.browser.desk import Desk, Town

Sit = Callable[..., Awaitable[Desk]]
ADDRESS = "https://kerlann.example/" + "autumn-jackets-" * 20


async def test_an_answer_that_was_not_taken_is_said(sit: Sit, town: Town) -> None:
    """Without a line, or refused: the words are there, the conversation and the text stay; sent, it is quiet again."""
    await town.stands(await town.hears("Does the line hold in Brest?", "Tanguy Riou"))
    desk = await sit("tom")
    await desk.begins_to_answer("tanguy", "It does")
    await desk.page.route("**/reply?*", lambda route: route.abort())
    await desk.press("Control+Enter")
    await desk.sees("Parvis did not answer", "#trouble")
    await desk.page.unroute("**/reply?*")
    nowhere = await (await desk.page.request.get(f"{town.platform.urls['console']}/all/nonsense")).text()
    await desk.page.route("**/reply?*", lambda route: route.fulfill(status=403, body=nowhere, content_type="text/html"))
    await desk.press("Control+Enter")
    await desk.sees("Nothing here.", "#trouble")
    await expect(desk.page.locator("#reply-text")).to_have_value("It does")
    await desk.page.unroute("**/reply?*")
    await desk.press("Control+Enter")
    await desk.sees("It does", "#messages")
    await expect(desk.page.locator("#trouble")).to_be_empty()
    desk.complaints.clear()  # the browser rightly complained of what this story did to it


async def test_the_next_key_after_an_answer_is_a_key(sit: Sit, town: Town) -> None:
    """The focus is on the conversation, not in the emptied field: J goes on instead of being written."""
    for text in ("Do the sleeves shrink?", "Do the collars shrink?"):
        await town.stands(await town.hears(text, "Maëlle Kerloc"))
    desk = await sit("tom")
    await desk.begins_to_answer("kerloc", "Not if washed cold")
    await desk.press("Control+Enter")
    await desk.sees("Not if washed cold", "#messages")
    await expect(desk.page.locator("#thread-open")).to_be_focused()
    await desk.press("j")
    await expect(desk.page.locator("a[data-row]").nth(1)).to_have_attribute("aria-current", "true")
    await expect(desk.page.locator("#reply-text")).to_have_value("")


async def test_a_long_address_stays_in_its_field(sit: Sit, town: Town) -> None:
    """One word wider than the composer's column is broken in the field, and pushes nothing under the previews."""
    desk = await sit()
    await desk.go(f"/{town.brand}/posts/new")
    await desk.page.fill("#common", ADDRESS)
    await desk.sees("autumn-jackets-autumn", "#previews")
    column = "document.querySelector('.comp > section').getBoundingClientRect().right"
    for field in ("#common", "#title", "[name=media_alt]"):
        right = f"document.querySelector('{field}').getBoundingClientRect().right"
        assert await desk.page.evaluate(f"{right} <= {column}"), field
