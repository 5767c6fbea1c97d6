"""From the list of people to one of them: what they said, and out of every audience with one press."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.browser.desk import Desk, Town

Sit = Callable[..., Awaitable[Desk]]
WINDOWS: dict[str, dict[str, Any]] = {
    "1280": {},
    "390-dark": {"width": 390, "height": 844, "color_scheme": "dark"},
}


@pytest.mark.parametrize("window", WINDOWS)
async def test_a_person_is_found_and_left_out(sit: Sit, town: Town, window: str) -> None:
    """By name; the page says what was pressed, and takes it back."""
    name = f"Maëlle Kerbrat {window}"
    for text in ("Magnifique, bravo à toute l'équipe", "Vous livrez en Belgique ?"):
        await town.stands(await town.hears(text, name))
    desk = await sit(**WINDOWS[window])
    await desk.go(f"/{town.brand}/people?q=maelle+{window.partition('-')[0]}")
    for _ in range(60):
        if await desk.page.locator("#people a[data-row]").count():
            break
        await desk.page.wait_for_timeout(500)
        await desk.page.reload()
    await desk.picture(f"people-found-{window}")
    await desk.page.locator("#people a[data-row]").first.click()
    await desk.sees("Vous livrez en Belgique ?")
    await desk.picture(f"person-{window}")
    await desk.page.get_by_role("button", name="Never address them").click()
    await desk.sees("From now on they are in no audience")
    await desk.page.get_by_role("button", name="May be addressed again").click()
    await desk.sees("They are in audiences again")
