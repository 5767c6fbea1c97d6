"""A morning at the console, driven by the keyboard: answer, decide, take back, write and schedule."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import Route, expect

from tests.browser.desk import Desk, Town, eventually

Sit = Callable[..., Awaitable[Desk]]
QUEUE = re.compile(r"/moderation/queue$")  # the one of an empty page: it names no case that is open
DRAWN = """done => document.addEventListener("htmx:finally:request", event => {
  if (event.detail.ctx.request.action.endsWith("/moderation/queue")) done();
})"""


async def test_a_question_comes_in_live_and_is_answered(sit: Sit, town: Town) -> None:
    """It waits in the pill, is opened and answered by keys, and the answer stands on the network."""
    desk = await sit("tom")
    await desk.sees("Live", ".live")
    await town.hears("Do you deliver to Brest before Christmas?", "Camille Leroy")
    await desk.page.wait_for_selector(".newpill")
    await desk.press(".")
    await desk.sees("Do you deliver to Brest", ".convs")
    await desk.press("j")
    await desk.page.wait_for_selector("#open.chosen")
    await desk.press("r")
    await desk.page.keyboard.type("We do, every day until the 23rd.")
    await desk.picture("answer-1280")
    await desk.press("Control+Enter")
    await desk.sees("We do, every day until the 23rd.", "#messages")
    await eventually(lambda: on_network(town, "We do, every day"))
    await desk.sees("We do, every day", "#messages")
    await desk.misses("on its way", "#messages")  # it was sent; or the network has told of it, and that stands instead


async def test_an_insult_is_decided_by_a_key_and_taken_back(sit: Sit, town: Town) -> None:
    """H hides, U within the window takes it back; H again, and it is hidden on the network."""
    said = await town.hears("You are complete idiots, all of you, bastards", "Gaz Porter")
    desk = await sit("tom")
    await desk.press("g", "m")
    await desk.page.wait_for_url("**/moderation")
    await desk.sees("Gaz Porter", "#case")
    await desk.picture("case-1280")
    await desk.press("a")
    await desk.sees("Allowed: Gaz Porter", "#undo-slot")
    await desk.misses("Gaz Porter", "#case")
    queue_comes = await overtaken_by_the_queue(desk)
    await desk.press("u")
    await desk.sees("Taken back", "#case")
    await queue_comes()
    await desk.sees("Taken back", "#case")
    await desk.press("h")
    await desk.sees("Hidden: Gaz Porter", "#undo-slot")
    await desk.misses("Hidden: Gaz Porter", "#undo-slot")
    await eventually(lambda: is_hidden(town, said))


async def test_a_post_is_written_previewed_and_scheduled(sit: Sit, town: Town) -> None:
    """Too long for one network is said at once; what fits is scheduled, and another is sent now."""
    desk = await sit("ines")
    await desk.press("g", "c")
    await desk.page.wait_for_url("**/calendar")
    await desk.press("c")
    await desk.page.wait_for_url("**/posts/new")
    await desk.page.fill("#title", "Autumn")
    await desk.page.fill("#common", "é" * 501)
    await desk.sees("1 too many", "#previews")
    await expect(desk.page.locator("#composer-do button[value=schedule]")).to_be_disabled()
    await desk.page.fill("#common", "The autumn jackets are here, https://kerlann.example/autumn")
    await expect(desk.page.locator("#composer-do button[value=schedule]")).to_be_enabled()
    await desk.picture("composer-1280")
    leaves = datetime.now(ZoneInfo("Europe/Paris")) + timedelta(days=2)
    await desk.page.fill("#local", leaves.strftime("%Y-%m-%dT18:30"))
    await desk.press("Control+Enter")
    await desk.sees("Scheduled.")
    await desk.go("/all/posts")
    await desk.sees("scheduled", "#posts")
    await desk.picture("posts-1280")
    await desk.go(f"/{town.brand}/posts/new")
    await desk.page.fill("#common", "Good morning from the pier")
    await desk.sees("ready", "#previews")
    await desk.page.click("button[value=send]")
    await desk.sees("On its way.")
    await eventually(lambda: on_network(town, "Good morning from the pier"))
    await desk.sees("out", "#deliveries")


async def test_what_is_typed_outlives_a_reload(sit: Sit, town: Town) -> None:
    """A draft is kept on this computer until the server took it."""
    await town.stands(await town.hears("Is the shop open on Sunday?", "Nora Quist"))
    desk = await sit("tom")
    await desk.begins_to_answer("nora", "Yes, from ten")
    await desk.page.reload()
    await expect(desk.page.locator("#reply-text")).to_have_value("Yes, from ten")


async def on_network(town: Town, text: str) -> bool:
    """Whether it stands on the Facebook Page."""
    return any(text in one["text"] for one in await town.things("facebook"))


async def is_hidden(town: Town, said: str) -> bool:
    """Whether the network itself hides it."""
    return bool((await town.platform.simulator.thing(said))["hidden"])


async def overtaken_by_the_queue(desk: Desk) -> Callable[[], Awaitable[None]]:
    """The queue asks for a first case before a decision is back, and its answer comes, and is drawn, when what this
    returns is called: a slow line's order."""
    was_asked, comes = asyncio.Event(), asyncio.Event()

    async def late(route: Route) -> None:
        was_asked.set()
        await comes.wait()
        await route.continue_()

    async def after_it(route: Route) -> None:
        answer = await route.fetch()
        await was_asked.wait()
        await route.fulfill(response=answer)

    async def come() -> None:
        await desk.page.evaluate(f"() => {{ window.queueDrawn = new Promise({DRAWN}) }}")
        comes.set()
        await desk.page.evaluate("() => window.queueDrawn")

    await desk.page.route(QUEUE, late)
    await desk.page.route("**/undo/**", after_it)
    return come
