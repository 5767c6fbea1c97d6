"""Connecting a channel hides nothing old."""

import asyncio
from dataclasses import replace

from parvis.platform import APP_ID, Platform, connect
from tests.flows.town import Said, found_brand, never


async def test_what_was_said_before_the_channel_was_connected_is_shown_and_never_acted_on(platform: Platform) -> None:
    """An old insult comes in as backfill: judged for information, left where it stands."""
    first = await found_brand(platform, "mastodon")
    account = await platform.simulator.account("facebook", "Kerlann ancien", app_id=APP_ID)
    wall = await platform.simulator.post(account, "Notre premier billet")
    thing = await platform.simulator.comment(account, "Bande de connards, abrutis finis", post=wall["id"])
    await asyncio.sleep(1.1)  # networks tell whole seconds
    channel = await connect(platform, first.brand_id, account)
    brand = replace(first, accounts={"facebook": account}, channels={"facebook": channel})
    said = Said(brand, "facebook", thing["id"])
    item = await said.judged()
    assert item["backfill"]
    await never(lambda: was_hidden(said), "hidden although it is old", during=3)


async def was_hidden(said: Said) -> bool:
    return bool((await said.there())["hidden"])
