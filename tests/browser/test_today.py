"""Today shows what waits while the page is open: a post that was refused, and a case; each line leads to it."""

from collections.abc import Awaitable, Callable
from typing import Any

from tests.browser.desk import Desk, Town
from tests.flows.town import once_heard

Sit = Callable[..., Awaitable[Desk]]
WINDOWS: dict[str, dict[str, Any]] = {
    "1280-dark": {"color_scheme": "dark"},
    "390": {"width": 390, "height": 844},
}


async def test_a_refused_post_and_a_waiting_case_are_told_as_they_come(sit: Sit, town: Town) -> None:
    """Without a reload; the button of the first leads to the post, the second's to the queue."""
    desk = await sit("ines")
    await desk.press("g", "t")
    await desk.page.wait_for_url("**/today")
    await desk.sees("Hello Inès")
    await desk.sees("Live", ".live")
    await refused(desk, town, "Wax or wash?")
    await desk.sees("Wax or wash?", "#today .need:has(.dotst-bad)")
    await town.hears("You are complete idiots and bastards today", "Gaz of today")
    await desk.sees("for a decision", "#today")
    await desk.picture("today-1280")
    for name, window in WINDOWS.items():
        other = await sit("ines", **window)
        await other.go("/all/today")
        await other.picture(f"today-{name}")
    await desk.page.locator(".need", has_text="Wax or wash?").get_by_role("link").click()
    await desk.sees("the channel is not connected", "#deliveries")
    await desk.go("/all/today")
    await desk.page.locator(".need", has_text="for a decision").get_by_role("link").click()
    await desk.page.wait_for_url("**/moderation")
    await desk.sees("bastards today", "#queue")


async def refused(desk: Desk, town: Town, title: str) -> None:
    """A post to a channel that was disconnected meanwhile."""
    platform, person = town.platform, f"ines-{town.mark}"
    account = await platform.simulator.account("mastodon", f"Field notes {town.mark}")
    channel = f"{town.brand}-notes"
    facts = {"brand_id": town.brand, "network": "mastodon", "account_id": account["id"], "name": account["name"]}
    more = {"base_url": platform.simulator.base_url("mastodon"), "token": account["token"]}
    await platform.api.channel(channel, **facts, **more)
    rendition = {"channel_id": channel, "network": "mastodon", "text": "Wax it, or wash it first?"}
    draft: dict[str, Any] = {"title": title, "renditions": [rendition]}
    written = await once_heard(lambda: platform.api.command(town.brand, "posts", draft, person=person), "the channel")
    post = written["post_id"]
    await platform.api.command(town.brand, f"posts/{post}/submit", person=person)
    base = platform.urls["console"]
    form: dict[str, str | float | bool] = {"csrf": await desk.page.locator("#me input[name=csrf]").first.input_value()}
    place = f"{base}/{town.brand}/channels/{channel}/disconnect"
    answer = await desk.page.request.post(place, form=form, headers={"Origin": base})
    assert answer.ok, await answer.text()
    await platform.api.command(town.brand, f"posts/{post}/send", person=person)
