"""A manager plans a campaign, looks at whom it addresses, starts it, and sees what it spends on any window."""

from collections.abc import Awaitable, Callable
from typing import Any

from parvis.platform import connect
from tests.browser.desk import Desk, Town

Sit = Callable[..., Awaitable[Desk]]
WINDOWS: dict[str, dict[str, Any]] = {
    "1280-dark": {"color_scheme": "dark"},
    "390": {"width": 390, "height": 844},
    "320": {"width": 320, "height": 640},
}


async def test_a_campaign_from_its_plan_to_its_first_spend(sit: Sit, town: Town) -> None:
    """The audience is shown before anything is spent; spend and state follow while the page is open."""
    await town.hears("These jackets are lovely, thank you", "Ondine Vasseur")
    simulator = town.platform.simulator
    await simulator.ad_pace(cents_per_second=40, report_seconds=0)
    account = await simulator.account("ads", f"Kerlann ads {town.mark}")
    await connect(town.platform, town.brand, account)
    desk = await sit()
    page = desk.page
    await desk.go(f"/{town.brand}/campaigns/new")
    await page.fill("#c-name", "Winter launch")
    await page.fill("#c-budget", "1200")
    await page.fill("#c-criteria", "said >= 1")
    await page.fill("#c-a", "The coat on its peg")
    await page.fill("#c-b", "Rain on the sleeve")
    await page.click("button[value=preview]")
    await desk.sees("People", "#main .slab + .slab .fig")
    await desk.picture("campaign-plan-1280")
    first = await page.input_value("#c-last")
    await page.fill("#c-first", first)
    await page.click("button[value=save]")
    await desk.sees("draft", "#campaign")
    await page.click("button:has-text('Start'):not([disabled])")
    await desk.sees("its first day has not come", "#campaign")
    await page.click("#campaign a:has-text('Edit plan')")
    await page.fill("#c-first", "2026-01-01")
    await page.select_option("#c-pacing", "fast")
    await page.click("button[value=save]")
    await desk.sees("its first day has come", "#campaign")
    await desk.sees("last spend report", "#campaign")
    await desk.picture("campaign-1280")
    for name, window in WINDOWS.items():
        other = await sit(**window)
        await other.go(page.url.removeprefix(town.platform.urls["console"]))
        await other.sees("Spend against plan")
        await other.picture(f"campaign-{name}")
        await other.go(f"/{town.brand}/campaigns")
        await other.sees("Winter launch")
        await other.picture(f"campaigns-{name}")
    await page.click("#campaign button:has-text('End')")
    await concludes(desk, await sit(**WINDOWS["390"], color_scheme="dark"))


async def concludes(desk: Desk, phone: Desk) -> None:
    """With the last report the counts of both creatives are final."""
    await desk.sees("ended", "#campaign")
    await desk.sees("These counts are final", "#campaign")
    await desk.picture("campaign-concluded-1280")
    await phone.go(desk.page.url.removeprefix(desk.town.platform.urls["console"]))
    await phone.page.locator("text=These counts are final").scroll_into_view_if_needed()
    await phone.picture("campaign-concluded-390")
