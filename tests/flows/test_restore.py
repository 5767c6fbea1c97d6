"""A restore to an earlier moment, while people talk and posts are due: nothing goes out twice, nothing is missing,
nothing is spent unseen, and who had left does not come back."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pymongo
import pytest

from parvis.engines.local import Addresses
from parvis.platform import Platform, running
from tests import seats
from tests.engines_apart import engines_apart
from tests.flows.conftest import QUICK
from tests.flows.test_campaign import campaign, until
from tests.flows.test_erased_brand import planted, words_of
from tests.flows.town import Brand, Said, eventually, found_brand, never

INSULTS = ("Vous êtes une bande de connards", "Bande d'abrutis finis, connards")
SHIFT = seats.shift()


@pytest.fixture(scope="module")
async def apart(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Addresses]:
    """Engines of its own: a restore touches whole databases."""
    with engines_apart(tmp_path_factory.mktemp("apart")) as engines:
        yield engines.addresses()


async def parvis(engines: Addresses, *words: str) -> tuple[int, str]:
    """An operator's command; its exit code and what it said."""
    env = os.environ | {"PARVIS_KAFKA": engines.kafka, "PARVIS_MONGO": engines.mongo, "COLUMNS": "200"}
    command = (sys.executable, "-c", "from parvis.cli import main; main()", *words)
    pipes = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.STDOUT}
    process = await asyncio.create_subprocess_exec(*command, env=env, **pipes)
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


@pytest.mark.timeout(480)
async def test_a_restore_in_mid_flow_repeats_nothing_and_misses_nothing(apart: Addresses, tmp_path: Path) -> None:
    """What left after the backup is found on its network; what was said after it is there, judged once."""
    home, copy = tmp_path / "home", str(tmp_path / "copy")
    async with running(apart, home, env=QUICK, shift=SHIFT, within=150) as platform:
        brand = await found_brand(platform, "facebook", "mastodon")
        before = await brand.hears(INSULTS[0])
        await before.until_hidden()
        await before.case()
        leaving = await _spoken_to(platform)
        spending = await found_brand(platform, "ads")
        soon = (datetime.now(UTC) + timedelta(seconds=8)).isoformat()
        post_id = await brand.plans("La vareuse revient en bleu d'orage", due_at=soon)
        code, told = await parvis(apart, "backup", copy)
        assert code == 0, told
        said = [before, *await _afterwards(brand, post_id)]
        since = await _spoken_to(platform)
        started = await campaign(spending, budget=100_000)
        await until(spending, started, "its ads are on", serving=True, confirmed=True)
        await platform.api.call("POST", f"/brands/{leaving.brand_id}/erasure", {"why": "they left"})
        standing = await _standing(platform, brand, apart, said)
    code, told = await parvis(apart, "restore", copy)
    assert code == 0, told
    assert f"brand {leaving.brand_id} was erased after this copy" in told
    assert planted(apart, leaving)
    assert "epoch 1" in told
    async with running(apart, home, env=QUICK, shift=SHIFT, within=150) as platform:
        brand = replace(brand, platform=platform)
        said = [replace(one, brand=brand) for one in said]
        await brand.post_in_state(post_id, "published", within=60)

        async def erased() -> bool:
            return not planted(apart, leaving)

        async def as_before() -> bool:
            return await _standing(platform, brand, apart, said) == standing

        await _is_off(replace(spending, platform=platform), started)
        await eventually(as_before, f"all as before: {standing}", within=60)
        await eventually(
            partial(_is_known, platform, since), "the brand that came after the backup is on the pages", within=60
        )
        await eventually(erased, "the brand that had left is erased again", within=60)

        async def more() -> Any:
            now = await _standing(platform, brand, apart, said)
            return now if now != standing else None

        await never(more, "something was done again", during=3)


async def _spoken_to(platform: Platform) -> Brand:
    """A brand that heard one comment."""
    brand = await found_brand(platform)
    await (await brand.hears(words_of(brand))).judged()
    return brand


async def _is_known(platform: Platform, brand: Brand) -> bool:
    """Whether console counts the brand, and the one comment that it heard."""
    told = (await platform.api.summary())["brands"].get(brand.brand_id)
    return bool(told and told["came_in"] == 1)


async def _is_off(brand: Brand, campaign_id: str) -> None:
    """Campaigns knows the campaign, waits for a person, and its ads are off on the network."""
    await until(brand, campaign_id, "it is off", state="paused", cause="restored", confirmed=True)
    assert not (await brand.platform.simulator.ad(brand.accounts["ads"], campaign_id))["serving"]


async def _afterwards(brand: Brand, post_id: str) -> list[Said]:
    """After the backup: the post goes out, people talk, one is hidden, one is answered, another post is written."""
    insult, question = await brand.hears(INSULTS[1], "Yann"), await brand.hears("À quelle heure ouvrez-vous ?", "Oumar")
    await insult.until_hidden()
    await insult.case()
    await question.judged()
    await brand.command("replies", {"interaction_id": question.interaction_id, "text": "De 9 h à 18 h."})
    await question.until(lambda item: item["answered_at"], "answered in the inbox")
    new_post = await brand.plans("Et la marinière revient aussi", "facebook")
    await brand.post_in_state(new_post, "published")
    await brand.post_in_state(post_id, "published", within=40)
    return [insult, question]


async def _standing(platform: Platform, brand: Brand, engines: Addresses, said: list[Said]) -> dict[str, Any]:
    """What the networks show, what the inbox shows, how many cases moderation has."""
    shown = [await one.shown() for one in said]
    with pymongo.MongoClient(engines.mongo) as client:
        cases = client["parvis_moderation"]["cases"].count_documents({"brand_id": brand.brand_id})
        verdicts = client["parvis_moderation"]["interactions"].count_documents(
            {"brand_id": brand.brand_id, "verdict.keeps": True}
        )
    walls = {
        network: sorted(thing["text"] for thing in await platform.simulator.things(brand.accounts[network]))
        for network in brand.channels
    }
    items = {
        item["interaction_id"]: (
            item["text"],
            bool(item["case"]),
            item["verdict"]["outcome"],
            bool(item["answered_at"]),
        )
        for item in shown
        if item and item["verdict"]
    }
    summary = (await platform.api.summary())["brands"][brand.brand_id]
    counted = {
        word: summary[word] for word in ("came_in", "judged", "hidden", "answered", "held_for_a_person", "published")
    }
    return {"walls": walls, "items": items, "cases": cases, "verdicts": verdicts, "counted": counted}
