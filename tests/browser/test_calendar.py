"""A post on the calendar: a click plans it, the mouse drags it, keys move it, and it goes out when it is due."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import expect

from tests.browser.desk import PATIENCE, Desk, Town, eventually
from tests.browser.test_a_morning import on_network

Sit = Callable[..., Awaitable[Desk]]
PARIS = ZoneInfo("Europe/Paris")


async def test_a_post_is_planned_dragged_moved_by_keys_and_goes_out(sit: Sit, town: Town) -> None:
    """Each move is publisher's own; the page that stays open follows until the post is out."""
    today = datetime.now(PARIS).date()
    monday = today + timedelta(days=7 - today.weekday())
    desk = await sit("ines")
    post = await planned(desk, monday)
    await dragged_and_taken_back(desk, post, monday)
    await moved_by_keys(desk, post, monday)
    await desk.go(f"/{town.brand}/calendar")
    await desk.sees("Live", ".live")
    soon = {"due_at": (datetime.now(PARIS) + timedelta(seconds=8)).isoformat()}
    await town.platform.api.command(town.brand, f"posts/{post}/reschedule", soon, person=f"ines-{town.mark}")
    await eventually(lambda: on_network(town, "The night train is back"))
    await expect(desk.page.locator(f"[id='p-{post}'].p-done")).to_be_visible(timeout=PATIENCE)


async def planned(desk: Desk, monday: date) -> str:
    """A click on ten o'clock opens the composer with that time; its id once it is scheduled, at half past."""
    page = desk.page
    await desk.press("g", "c")
    await page.wait_for_url("**/calendar")
    await desk.go(f"/{desk.town.brand}/calendar/week?on={monday}")
    await page.locator(f"#s-{monday}T10 .fresh").click()
    await expect(page.locator("#local")).to_have_value(f"{monday}T10:00")
    await page.fill("#title", "Night train")
    await page.fill("#common", "The night train is back on the rails")
    await page.fill("#local", f"{monday}T10:30")
    await expect(page.locator("#composer-do button[value=schedule]")).to_be_enabled()
    await desk.press("Control+Enter")
    await desk.sees("Scheduled.")
    return page.url.partition("?")[0].rpartition("/")[2]


async def dragged_and_taken_back(desk: Desk, post: str, monday: date) -> None:
    """Another hour of another day keeps its minutes; U brings it back."""
    page, tuesday = desk.page, monday + timedelta(days=1)
    await desk.go(f"/{desk.town.brand}/calendar/week?on={monday}")
    await page.locator(f"[id='p-{post}']").drag_to(page.locator(f"#s-{tuesday}T14"))
    await desk.sees("Night train: moved to", "#undo-slot")
    await stands(desk.town, post, tuesday, "14:30")
    await desk.press("u")
    await expect(page.locator(f"#s-{monday}T10 .p")).to_be_visible()
    await stands(desk.town, post, monday, "10:30")


async def moved_by_keys(desk: Desk, post: str, monday: date) -> None:
    """M, arrows, Escape leaves it; M, arrows, Enter drops it, and the focus stays on it."""
    page, wednesday = desk.page, monday + timedelta(days=2)
    said = page.locator("#cal-say")
    await page.locator(f"[id='p-{post}']").focus()
    await desk.press("m")
    await expect(said).to_contain_text("Picked up: Night train")
    await desk.press("ArrowRight", "ArrowRight", "ArrowDown")
    await desk.picture("calendar-moving-1280")
    await desk.press("Escape")
    await expect(said).to_contain_text("Left where it was")
    await desk.press("m", "ArrowRight", "ArrowRight", "ArrowDown")
    await expect(said).to_contain_text("11:30")
    await desk.press("Enter")
    await expect(page.locator(f"#s-{wednesday}T11 .p")).to_be_focused(timeout=PATIENCE)
    await stands(desk.town, post, wednesday, "11:30")


async def stands(town: Town, post: str, day: date, clock: str) -> None:
    """Wait until publisher has told that the post is scheduled for then."""

    async def look() -> bool:
        told = await town.platform.api.post(town.brand, post) or {}
        due = datetime.fromisoformat(told["due_at"]).astimezone(PARIS)
        return (told["state"], due.strftime("%Y-%m-%d %H:%M")) == ("scheduled", f"{day} {clock}")

    await eventually(look)
