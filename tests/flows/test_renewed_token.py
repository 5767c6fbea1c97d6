"""Channels' tokens end; before that publisher has others, and nobody notices."""

import asyncio
import signal
import time
from typing import Any

import pymongo

from parvis.engines.local import Addresses
from parvis.platform import APPS, Platform, connect
from tests.flows.apart import restart
from tests.flows.town import State, eventually, found_brand

LIFE = 14.0
NETWORKS = ("facebook", "instagram", "linkedin", "x")


async def test_tokens_that_end_are_renewed_and_everything_goes_on(platform: Platform, engines: Addresses) -> None:
    """Exchanged once, though publisher was killed a moment before; with the new ones a post goes out, and a comment
    that no webhook tells of is found by a poll."""
    await restart(platform, "publisher", signal.SIGKILL)
    brand, simulator = await found_brand(platform, "mastodon"), platform.simulator
    for network in NETWORKS:
        name, app = f"Kerlann {brand.brand_id}", APPS[network]
        account = await simulator.account(network, name, app_id=app, token_seconds=LIFE)
        brand.accounts[network] = account
        brand.channels[network] = await connect(platform, brand.brand_id, account)
    over = time.monotonic() + LIFE
    ids = [brand.channels[network] for network in NETWORKS]

    async def renewed() -> list[State] | None:
        client: Any
        with pymongo.MongoClient(engines.mongo) as client:
            found = list(client["parvis_console"]["channels"].find({"_id": {"$in": ids}, "renewal": 1}))
        return found if len(found) == len(ids) else None

    shown = str(await eventually(renewed, "the directory has the new tokens"))
    secrets = [brand.accounts[network]["token"] for network in NETWORKS]
    secrets += [brand.accounts[network]["refresh"] for network in ("linkedin", "x")]
    assert not any(secret in shown for secret in secrets)
    await asyncio.sleep(over - time.monotonic())  # from here on the first tokens are refused
    await brand.post_in_state(await brand.plans("La vareuse revient", "facebook", "linkedin", "x"), "published")
    for network in NETWORKS:
        assert len(await simulator.ledger("exchange", brand.accounts[network]["id"])) == 1
    await simulator.fault("webhook_lost", APPS["facebook"], times=1)
    said = await brand.hears("Elle taille grand ?")
    await said.judged()
    logs = [file.read_text() for file in (platform.home / "logs").glob("*.log")]
    assert logs
    assert not any(secret in text for text in logs for secret in secrets)
