"""People come in by a link, with a role, and see what is theirs."""

import time
from collections.abc import Awaitable, Callable

import pyotp
import pytest
from playwright.async_api import Browser

from tests.browser.desk import PASSWORD, Desk, Town

Sit = Callable[..., Awaitable[Desk]]


@pytest.fixture
async def second_brand(town: Town) -> str:
    """A further brand of the same agency, with an admin of both."""
    brand, agency = f"ot-{town.mark}", f"ag-{town.mark}"
    await town.platform.api.brand(brand, agency_id=agency, name="Otterholt", timezone="Europe/Oslo", approval="none")
    member = {"name": "Ada Chief", "agency_id": agency, "password": PASSWORD, "roles": {"*": "admin"}, "language": "en"}
    await town.platform.api.member(f"ada-{town.mark}", **member)
    return brand


async def test_a_moderator_joins_by_a_link(sit: Sit, town: Town, browser: Browser, second_brand: str) -> None:
    """An admin invites with the keyboard; who opens the link sees one brand and no members' page; it is spent then."""
    desk = await sit("ada")
    await desk.press("g", "u")
    await desk.page.wait_for_url("**/members")
    await desk.press("c")
    await desk.page.wait_for_url("**/invite")
    await desk.page.fill("#login", f"zoe-{town.mark}")
    await desk.page.click("details.roles-at summary")
    await desk.page.select_option(f"select[name='role:{second_brand}']", "moderator")
    await desk.picture("members-invite")
    await desk.press("Control+Enter")
    link = (await desk.page.locator(".secret").inner_text()).strip()
    await desk.sees(f"zoe-{town.mark}", "main .slabs")
    await desk.picture("members-invited")
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="fr-FR")
    page = await context.new_page()
    await page.goto(link)
    await page.fill("#name", "Zoé Lagrange")
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/today")
    zoe = Desk(page, town)
    await zoe.sees("Boîte", ".tabbar")
    await zoe.go("/all/channels")
    await zoe.sees("Otterholt", "#channels")
    await zoe.misses("Kerlann", "body")
    for path in ("/all/members", f"/{town.brand}/inbox"):
        answer = await page.goto(town.platform.urls["console"] + path)
        assert answer is not None
        assert answer.status in (403, 404)
    await page.goto(link)
    await zoe.sees("Ce lien n’ouvre plus rien")
    await context.close()


async def test_the_second_step_at_the_door(sit: Sit, town: Town, second_brand: str) -> None:
    """Turned on with a code of the app; from then on the password alone opens nothing, and no code opens twice."""
    member = {"name": "Tia Step", "agency_id": f"ag-{town.mark}", "password": PASSWORD, "language": "en"}
    await town.platform.api.member(f"tia-{town.mark}", **member, roles={second_brand: "viewer"})
    desk = await sit("tia")
    await desk.go("/all/account")
    await desk.page.click("a[href='/account/second-step']")
    app = pyotp.TOTP((await desk.page.locator(".secret").inner_text()).replace(" ", ""))
    assert await desk.page.eval_on_selector(".qr", "one => one.complete && one.naturalWidth > 100")
    await desk.picture("second-step")
    first = app.at(int(time.time()) + 30)  # taken a step early: long enough to be typed twice
    await desk.page.fill("#code", first)
    await desk.press("Enter")
    await desk.page.wait_for_selector(".codes")
    codes = await desk.page.locator(".codes code").all_inner_texts()
    await desk.picture("recovery-codes")
    await desk.page.get_by_text("I have kept them").click()
    await desk.page.wait_for_url("**/today")
    await desk.go("/all/account")
    await desk.sees("10 recovery codes left")
    await desk.picture("account")
    await desk.page.click(".ava-me")
    await desk.page.locator("#me button", has_text="Sign out").click()
    await desk.page.fill("#login", f"tia-{town.mark}")
    await desk.page.fill("#password", PASSWORD)
    await desk.press("Enter")
    await desk.page.fill("#code", first)
    await desk.press("Enter")
    await desk.sees("it was used already")
    await desk.picture("code")
    await desk.page.click("summary")
    await desk.page.fill("#recovery", codes[0])
    await desk.press("Enter")
    await desk.page.wait_for_url("**/today")
