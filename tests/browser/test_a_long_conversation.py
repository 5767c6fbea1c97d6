"""A conversation that is longer than a page, walked by keys."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from playwright.async_api import expect

from parvis.platform import connect
from tests.browser.desk import PASSWORD, Desk, Town, eventually

Sit = Callable[..., Awaitable[Desk]]
SAID = 45  # a part of a conversation holds forty


async def test_a_long_conversation_is_walked_by_keys(sit: Sit, town: Town) -> None:
    """E leads to what was said before, with the message in sight from which it led there; L leads back."""
    busy = await a_busy_brand(town)
    await busy.hears("Remark 0 on the harbour lights", "Reader 0")
    others = range(1, SAID)
    await asyncio.gather(*(busy.hears(f"Remark {n} on the harbour lights", f"Reader {n}") for n in others))
    await eventually(partial(all_judged, busy))
    items = await busy.platform.api.inbox(busy.brand, limit=100)
    last = max(items, key=lambda item: (item["said_at"], item["interaction_id"]))["interaction_id"]
    desk = await sit("lou")
    await desk.go(f"/all/inbox/{last}")
    at_first = await shown(desk)
    assert at_first[-1] == f"msg-{last}"
    await desk.press("e")
    await expect(desk.page.locator("#messages")).to_have_attribute("data-at", at_first[0])
    await expect(desk.page.locator(f"[id='{at_first[0]}']")).to_be_in_viewport()
    await desk.picture("conversation-earlier")
    earlier = await shown(desk)
    assert len({*at_first, *earlier}) == SAID + 1  # and the post under which they stand
    await desk.press("l")
    await expect(desk.page.locator("#messages")).to_have_attribute("data-at", earlier[-1])
    assert f"msg-{last}" in await shown(desk)


async def all_judged(town: Town) -> bool:
    """Whether all of it stands in the inbox with its verdict, and the post under which it was said."""
    items = await town.platform.api.inbox(town.brand, limit=100)
    return len([one for one in items if one["verdict"]]) == SAID + 1


async def shown(desk: Desk) -> list[str]:
    """The messages of the page, from above."""
    messages = await desk.page.locator("#messages article").all()
    return [str(await one.get_attribute("id")) for one in messages]


async def a_busy_brand(town: Town) -> Town:
    """Of another agency, with a moderator of its own: what is said to it stands in nobody else's inbox."""
    platform, brand, agency = town.platform, f"lo-{town.mark}", f"loag-{town.mark}"
    await platform.api.agency(agency, name="Atelier Skerry")
    await platform.api.brand(brand, agency_id=agency, name="Otterholt", timezone="Europe/Oslo", approval="none")
    account = await platform.simulator.account("facebook", f"Otterholt {town.mark}")
    await connect(platform, brand, account)
    member = {"name": "Lou Kermarec", "agency_id": agency, "password": PASSWORD, "language": "en"}
    await platform.api.member(f"lou-{town.mark}", **member, roles={brand: "moderator"})
    return Town(platform, brand, town.mark, {"facebook": account})
