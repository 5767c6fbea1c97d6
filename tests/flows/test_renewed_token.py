"""A channel's token ends; before that publisher has another, and nobody notices."""

import asyncio

import pymongo

from parvis.engines.local import Addresses
from parvis.platform import APP_ID, Platform, connect
from tests.flows.town import State, eventually, found_brand

LIFE = 6.0


async def test_a_token_that_ends_is_renewed_and_everything_goes_on(platform: Platform, engines: Addresses) -> None:
    """Exchanged once; with the new one a post goes out, and a comment that no webhook tells of is found by a poll."""
    brand, simulator = await found_brand(platform, "mastodon"), platform.simulator
    account = await simulator.account("facebook", f"Kerlann {brand.brand_id}", app_id=APP_ID, token_seconds=LIFE)
    brand.accounts["facebook"] = account
    channel_id = brand.channels["facebook"] = await connect(platform, brand.brand_id, account)

    async def renewed() -> State | None:
        with pymongo.MongoClient(engines.mongo) as client:
            return client["parvis_console"]["channels"].find_one({"_id": channel_id, "renewal": 1})

    assert account["token"] not in str(await eventually(renewed, "the directory has the new token"))
    await asyncio.sleep(LIFE)  # from here on the first token is refused
    await brand.post_in_state(await brand.plans("La vareuse revient", "facebook"), "published")
    await simulator.fault("webhook_lost", APP_ID, times=1)
    said = await brand.hears("Elle taille grand ?")
    await said.judged()
    assert len(await simulator.ledger("exchange", account["id"])) == 1
    logs = [file.read_text() for file in (platform.home / "logs").glob("*.log")]
    assert logs
    assert not any(account["token"] in text for text in logs)
