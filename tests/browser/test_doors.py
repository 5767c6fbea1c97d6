"""The doors to all sections: each has its name at every width, and what is further off is behind one more."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import expect

from tests.browser.desk import PASSWORD, Desk, Town
from tests.browser.test_every_page import bars

Sit = Callable[..., Awaitable[Desk]]
CUT = """() => {
  const end = document.querySelector(".top-end").getBoundingClientRect().left;
  const shown = [...document.querySelectorAll(".doors .door")].filter(one => one.checkVisibility());
  const doors = shown.map(one => [one, one.getBoundingClientRect()]);
  const next = at => at + 1 < doors.length ? doors[at + 1][1].left : end;
  return doors.filter(([one, box], at) => !one.innerText.trim() || !box.width || box.right > next(at) + 1)
    .map(([one]) => one.outerHTML);
}"""


async def test_every_door_has_its_name(sit: Sit, town: Town) -> None:
    """In French, which needs most room, on a page behind a further door and on the one with most in its bar."""
    desk, cut = await sit(), list[str]()
    await desk.speaks("fr")
    for page in ("people", "inbox"):
        await desk.go(f"/all/{page}")
        for width in (1600, 1280, 1000, 800):
            await desk.page.set_viewport_size({"width": width, "height": 800})
            await desk.picture(f"doors-{page}-{width}")
            cut += await desk.page.evaluate(CUT)
    await desk.speaks("en")
    assert cut == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_further_doors_open_by_keys(sit: Sit, town: Town, scheme: str) -> None:
    """`G G` opens them, Tab and Enter go through one, Escape shuts them; their own keys work while they are shut."""
    desk = await sit(color_scheme=scheme)
    menu = desk.page.locator("#more")
    await expect(menu).not_to_be_visible()
    await desk.press("g", "g")
    await expect(menu).to_be_visible()
    await desk.picture(f"more-1280-{scheme}")
    assert await bars(desk.page) == []
    await desk.press("Escape")
    await expect(menu).not_to_be_visible()
    await desk.press("g", "g", "Tab", "Enter")
    await desk.page.wait_for_url("**/all/people")
    assert await desk.page.locator(".doors [aria-current=page]").inner_text() == "People"
    await desk.press("g", "n")
    await desk.page.wait_for_url("**/all/channels")


async def test_a_phone_has_four_doors_and_the_others_behind_one(sit: Sit, town: Town) -> None:
    """At the thumb; the sheet above them leads to all others."""
    desk = await sit(width=390, height=844)
    bar = desk.page.locator(".tabbar")
    assert await bar.locator("a").count() == 4
    await bar.get_by_role("button", name="More").click()
    await desk.picture("more-390")
    await desk.page.locator("#more").get_by_role("link", name="Campaigns").click()
    await desk.page.wait_for_url("**/all/campaigns")
    assert await bar.locator("[aria-current]").inner_text() == "More"
    await desk.picture("more-here-390")


async def test_a_brand_is_found_by_letters(sit: Sit, town: Town) -> None:
    """B, letters of its name without their accents, Enter; what does not match is out of the way until then."""
    api, agency = town.platform.api, f"em-{town.mark}"  # of its own: who sees all brands of the others' would see more
    await api.agency(agency, name="Les Embruns")
    for brand, name in ((f"em-{town.mark}", "Musée des Embruns"), (f"gl-{town.mark}", "Glaces du Phare")):
        await api.brand(brand, agency_id=agency, name=name, timezone="Europe/Paris")
    member = {"name": "Lou", "agency_id": agency, "password": PASSWORD, "roles": {"*": "viewer"}, "language": "en"}
    await api.member(f"lou-{town.mark}", **member)
    lou = await sit("lou")
    await lou.press("b")
    await expect(lou.page.locator("#choose-brand input")).to_be_focused()
    await lou.page.keyboard.type("musee")
    await expect(lou.page.locator("#brands li:visible")).to_have_count(1)
    await lou.picture("brands-1280")
    await lou.press("Enter")
    await lou.page.wait_for_url(f"**/em-{town.mark}/inbox")
