"""A brand is held by keys with a reason, seen to be held on every page, and released step by step."""

from collections.abc import Awaitable, Callable

from playwright.async_api import expect

from tests.browser.desk import Desk, Town

Sit = Callable[..., Awaitable[Desk]]


async def test_a_brand_is_held_and_released(sit: Sit, town: Town) -> None:
    """Shift H, why, Enter: publisher confirms; a colleague's open page says so too, until the last step is released."""
    tom = await sit("tom")
    await tom.sees("Live", ".live")
    desk = await sit("ines")
    await desk.go(f"/{town.brand}/inbox")
    await desk.press("Shift+H")
    await expect(desk.page.locator("#hold-why")).to_be_focused()
    await desk.page.keyboard.type("Lorient parcels: nothing leaves")
    await desk.picture("hold-dialog-1280")
    await desk.press("Enter")
    await desk.page.wait_for_url("**/hold?done=held")
    await desk.sees("stopped at", "#holds")
    await desk.sees("Lorient parcels", "#held")
    await desk.picture("hold-1280")
    await tom.sees("Lorient parcels: nothing leaves", "#held")
    await tom.picture("hold-inbox-1280")
    for size in ({"width": 390, "height": 844}, {"color_scheme": "dark"}):
        other = await sit("ines", **size)
        await other.go("/all/hold")
        await other.picture(f"hold-{size.get('width', 'dark')}")
    for step in ("Replies", "Posts", "Spend"):
        await desk.page.click(f"button[aria-label^='Release: {step}']")
        await desk.sees("Released.", "#main")
    await desk.sees("No brand is held", "#holds")
    await tom.misses("Lorient parcels", "#held")
