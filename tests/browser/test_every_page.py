"""Every page at both sizes, by day and by night, in both languages: nothing sticks out, nothing is refused, nobody is
kept out, and pictures are kept."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from tests.browser.desk import Desk, Town

Sit = Callable[..., Awaitable[Desk]]
PAGES = {
    "inbox": "/all/inbox?queue=all",
    "moderation": "/all/moderation",
    "today": "/all/today",
    "calendar": "/all/calendar",
    "month": "/all/calendar/month",
    "posts": "/all/posts",
    "composer": "/{brand}/posts/new",
    "insights": "/all/insights",
    "people": "/all/people",
    "channels": "/all/channels",
    "connect": "/{brand}/channels/connect",
    "rules": "/{brand}/rules",
    "rule": "/{brand}/rules/edit?rule=insult",
    "campaigns": "/all/campaigns",
    "campaign-plan": "/{brand}/campaigns/new",
    "crm": "/{brand}/crm",
    "endpoint": "/{brand}/crm/new",
    "holds": "/all/hold",
    "audit": "/all/audit",
    "members": "/all/members",
    "member": "/all/members/of/tom-{mark}",
    "invite": "/all/members/invite",
    "account": "/all/account",
    "alerts": "/all/alerts",
    "alert-choices": "/all/alerts/settings",
    "alert-hooks": "/all/alerts/hooks",
}
# How each language is looked at: the page is opened on a wide screen, by day or by night, and then made so narrow.
WINDOWS: dict[str, dict[str, Any]] = {
    "en": {"by": "light", "narrow": {"width": 320, "height": 640}},
    "fr": {"by": "dark", "narrow": {"width": 390, "height": 844}},
}


@pytest.mark.parametrize("language", WINDOWS)
async def test_every_page_fits(sit: Sit, town: Town, language: str) -> None:
    """From a wide screen to the smallest phone: no width of ours is known to anything but the style."""
    await town.hears("The new jackets are lovely, where were they sewn?", "Ondine Vasseur-Delacroix")
    await town.stands(await town.hears(f"You are complete idiots and bastards, seen in {language}", "Gaz Porter"))
    by, narrow = WINDOWS[language].values()
    desk = await sit(color_scheme=by)
    if language == "fr":
        await desk.speaks("fr")
    barred = []
    for name, path in PAGES.items():
        await desk.page.set_viewport_size({"width": 1280, "height": 800})
        await desk.go(path.format(brand=town.brand, mark=town.mark))
        if name == "moderation":
            await desk.sees(f"seen in {language}", "#queue")
        await desk.picture(f"{name}-1280-{by}-{language}")
        barred += [f"{name}: {what}" for what in await bars(desk.page)]
        await desk.page.set_viewport_size(narrow)
        await desk.picture(f"{name}-{narrow['width']}-{by}-{language}")
    await desk.page.set_viewport_size({"width": 1280, "height": 800})
    if language == "fr":
        await desk.speaks("en")
    assert barred == []


async def bars(page: Page) -> list[str]:
    """What axe-core finds on a page that keeps somebody out: its rule, and where."""
    found = await Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.response["passes"], "axe looked at nothing"
    grave = [one for one in found.response["violations"] if one["impact"] in ("serious", "critical")]
    return [f"{one['id']} at {[node['target'] for node in one['nodes'][:3]]}" for one in grave]


async def test_a_thread_on_a_phone_is_its_own_page(sit: Sit, town: Town) -> None:
    """The list gives way to the conversation, and the back gesture returns to it."""
    await town.stands(await town.hears("Pocket or no pocket?", "Pim"))
    desk = await sit(width=390, height=844)
    await desk.go("/all/inbox?queue=all")
    await desk.page.locator("a[data-row]").first.click()
    await desk.page.wait_for_selector("#open.chosen .reply")
    assert not await desk.page.locator(".convs").is_visible()
    await desk.picture("thread-390")
    await desk.page.go_back()
    await desk.page.wait_for_selector("#open:not(.chosen)", state="attached")
    assert await desk.page.locator(".convs").is_visible()


async def test_nothing_is_cut_in_french(sit: Sit, town: Town) -> None:
    """French needs more room: every decision has its whole word, and the keys are listed without numbers."""
    await town.stands(await town.hears("Bande de connards, abrutis finis, en français", "Gaz de Lorient"))
    desk = await sit()
    await desk.speaks("fr")
    await desk.go("/all/moderation")
    await desk.page.locator("a[data-row]", has_text="en français").click()
    await desk.page.wait_for_selector("#evidence .kept")
    await desk.picture("case-fr-1280")
    for part in (".decide", "#queue .pane-h"):
        wide = await desk.page.eval_on_selector(part, "one => one.scrollWidth - one.clientWidth")
        assert wide <= 0, f"{part} is {wide} px too wide"
    await desk.press("?")
    assert await desk.page.locator("#all-keys dd", has_text=re.compile("^Modération$")).count() == 1
    await desk.press("Escape")
    await desk.speaks("en")


async def test_keys_are_listed_and_can_be_switched_off(sit: Sit, town: Town) -> None:
    """`?` shows the keys of the page; switched off, a letter does nothing."""
    desk = await sit()
    await desk.press("?")
    await desk.sees("Keys that work here", "#all-keys")
    assert await desk.page.locator("#all-keys dt").count() > 3
    await desk.page.check("[data-keys-off]")
    await desk.press("Escape")
    await desk.press("g", "m")
    await desk.page.wait_for_timeout(300)
    assert "/inbox" in desk.page.url


async def test_the_policy_stops_what_a_page_did_not_bring(sit: Sit, town: Town) -> None:
    """Even a script that got into a page would not run: no inline code, no eval, nobody else's host."""
    desk = await sit()
    assert (
        await runs(
            desk.page,
            "document.body.appendChild(Object.assign(document.createElement('script'), {text: 'window.evil = 1'}))",
        )
        is None
    )
    blocked = await desk.page.evaluate("fetch('https://evil.example/').then(() => 'sent', () => 'blocked')")
    assert blocked == "blocked"
    desk.complaints.clear()  # the browser rightly complained of what this story tried


async def runs(page: Page, code: str) -> Any:
    """What `window.evil` is after the page was made to try."""
    await page.evaluate(f"() => {{ {code} }}")
    return await page.evaluate("() => window.evil ?? null")
