"""People who try to get into a colleague's browser by what they say, and by what they are called."""

from collections.abc import Awaitable, Callable

from tests.browser.desk import Desk, Town

Sit = Callable[..., Awaitable[Desk]]
RUNS = "window.evil = 1"
NAME = f"<img src=x onerror='{RUNS}'>Ève"
TEXTS = (
    f"<script>{RUNS}</script> where is my order?",
    f"\"'><svg onload={RUNS}> where is my order?",
    f'</textarea><a href="javascript:{RUNS}" hx-get=/x hx-trigger=load>see</a>',
    f"{{{{ {RUNS} }}}} ${{{RUNS}}} <div hx-on:load='{RUNS}' data-hx-get=/x hx-trigger=load>",
    f"javascript:{RUNS}//https://evil.example/\u202egnp.exe",
)
PAGES = ("/all/inbox?queue=all&q=", "/all/moderation", "/all/people", "/all/insights", "/all/today", "/all/audit")


async def test_what_people_say_is_text_everywhere(sit: Sit, town: Town) -> None:
    """Markup, handlers, htmx attributes and script addresses in texts and names are shown as they were typed."""
    said = [await town.hears(f"{text} ({number})", NAME) for number, text in enumerate(TEXTS)]
    insult = await town.hears(f"You are complete idiots and bastards <script>{RUNS}</script>", NAME)
    for one in (*said, insult):
        await town.stands(one)
    desk = await sit()
    for page in PAGES:
        await desk.go(page)
        await unharmed(desk)
    for number, text in enumerate(TEXTS):
        await desk.go("/all/inbox?queue=all")
        await desk.page.locator("a[data-row]", has_text=f"({number})").first.click()
        await desk.sees(text, "#open")
        await unharmed(desk)
    await desk.go("/all/moderation")
    await desk.page.locator("a[data-row]", has_text=f"<script>{RUNS}</script>").first.click()
    await desk.page.wait_for_selector("#evidence .kept")
    await unharmed(desk)


async def unharmed(desk: Desk) -> None:
    """Nothing of theirs has run, and no address of theirs can be followed into the page."""
    assert await desk.page.evaluate("window.evil ?? null") is None
    assert await desk.page.locator("a[href^='javascript:'], [onerror], [onload], #open script").count() == 0
