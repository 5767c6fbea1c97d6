"""Poison is parked and comes back after a fix, while MongoDB's outage parks nothing."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from parvis.engines.local import LocalEngines
from parvis.platform import running
from shared.mongo.client import Mongo
from tests import seats
from tests.engines_apart import engines_apart
from tests.flows.apart import Apart, alive, restart, second_publisher
from tests.flows.conftest import QUICK
from tests.flows.town import Brand, Said, eventually, found_brand

SERVICES = ("ingest", "moderation", "insights", "publisher", "console")
FROZEN = 12.0
COMMENTS = 30
RUSH = 120
WATCHED = 3.0


@pytest.fixture(scope="module")
def own_engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngines]:
    """They may be frozen."""
    with engines_apart(tmp_path_factory.mktemp("engines")) as engines:
        yield engines


@pytest.fixture(scope="module")
async def apart(own_engines: LocalEngines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Apart]:
    """Its ingest has a flaw, and only webhooks tell it what is said."""
    home = tmp_path_factory.mktemp("apart")
    fix = home / "fix"
    flawed = {"ingest": ("tests.flows.flawed_ingest", str(fix))}
    shift, at = seats.shift(), own_engines.addresses()
    beside = [second_publisher(at, home, shift)]
    async with running(at, home, env=QUICK, beside=beside, instead=flawed, shift=shift, within=150) as platform:
        await platform.simulator.fault("server_error", operation="list")
        yield Apart(platform, own_engines, fix)


async def test_poison_is_set_aside_alone_and_comes_back_after_the_fix(apart: Apart) -> None:
    """One comment that nobody can read stops no other; when ingest has learnt to, the operator brings it back."""
    brand = await found_brand(apart.platform)
    await brand.listens()
    unreadable = await brand.hears("Bande de connards, abrutis finis ☂")
    others = [await brand.hears(f"Avez-vous encore du stock, numéro {n} ?") for n in range(5)]
    for said in others:
        await said.judged()
    told = await eventually(apart.set_aside, "the comment set aside")
    assert told.count(brand.brand_id) == 1
    assert all(word in told for word in ("ingest", "dead", "PayloadReceived", "an umbrella is not foreseen"))
    assert await unreadable.shown() is None

    apart.fix.touch()
    await restart(apart.platform, "ingest")
    mine = ("ingest", "--brand", brand.brand_id)
    assert "1 dead messages of ingest would come back" in await apart.parvis("replay", *mine)
    assert await unreadable.shown() is None
    assert "1 dead messages of ingest come back now" in await apart.parvis("replay", *mine, "--go")
    assert (await unreadable.judged())["verdict"]["outcome"] == "hide"
    await unreadable.until_hidden()
    assert await apart.set_aside() == ""


async def test_a_frozen_mongo_parks_nothing_and_loses_nothing(apart: Apart) -> None:
    """For twelve seconds no service can write: the network's calls are taken all the same, and all of it arrives."""
    brand = await found_brand(apart.platform)
    await brand.listens()
    simulator = apart.platform.simulator
    apart.engine("mongo", signal.SIGSTOP)
    try:
        thaw = asyncio.create_task(asyncio.sleep(FROZEN))
        said = [await brand.hears(f"Petite question numéro {n}, livrez-vous ici ?") for n in range(COMMENTS)]

        async def all_taken() -> bool:
            return await simulator.unanswered() == 0

        await eventually(all_taken, "every webhook answered", within=60)
        assert {name: await alive(apart.platform, name) for name in SERVICES} == dict.fromkeys(SERVICES, True)
        await thaw
    finally:
        apart.engine("mongo", signal.SIGCONT)
    refused = [line for line in await simulator.ledger("webhook") if not 200 <= line["status"] < 300]
    assert refused == []
    for one in said:
        item = await one.judged()
        assert item["revision"] == 1
    assert await apart.set_aside() == ""
    restarts = {child.program.name: child.restarts for child in apart.platform.supervisor.children}
    assert restarts == {**dict.fromkeys(restarts, 0), "ingest": restarts["ingest"]}


async def test_a_hold_silences_every_publisher_at_once_also_without_kafka(apart: Apart) -> None:
    """Two publishers answer in a rush; held, both are silent. Then the same again while Kafka is frozen."""
    brand = await found_brand(apart.platform)
    said = await brand.listens()
    await hold(brand)
    await apart.platform.simulator.fault("slow", brand.accounts["facebook"]["id"], operation="reply", seconds=0.3)
    await asyncio.gather(*(answer(said, number) for number in range(RUSH)))
    await rush_and_hold(apart, brand)
    apart.engine("kafka", signal.SIGSTOP)
    try:
        await rush_and_hold(apart, brand)
        for service in ("console", "publisher", "campaigns"):
            await eventually(lambda service=service: asked_without_kafka(apart, service), f"{service} can be asked")
    finally:
        apart.engine("kafka", signal.SIGCONT)
    async with Mongo.open(apart.engines.addresses().mongo) as mongo:
        deliveries = mongo.database("parvis_publisher", "/test").system("deliveries")
        mine = {"brand_id": brand.brand_id}
        assert set(await deliveries.distinct("claimant", {**mine, "state": "confirmed"})) == {"0", "1"}
        assert await deliveries.count({**mine, "state": "scheduled"}) > 0


async def rush_and_hold(apart: Apart, brand: Brand) -> None:
    """Release the replies and hold again while they leave: what leaves after the confirmation, it has named."""
    before = len(await left(apart, brand))
    state = await apart.platform.api.call("GET", f"/brands/{brand.brand_id}/hold")
    for one in state["holds"]:
        if "replies" in one["shut"]:
            await brand.command("hold/release", {"hold_id": one["hold_id"], "step": "replies"})

    async def under_way() -> bool:
        return len(await left(apart, brand)) >= before + 10

    await eventually(under_way, "answers leaving")
    pressed = time.time()
    await hold(brand)
    publisher = await eventually(lambda: confirmation(brand), "publisher has confirmed")
    confirmed = time.time()
    await asyncio.sleep(WATCHED)
    sent = await left(apart, brand)
    print(f"confirmed {confirmed - pressed:.2f} s after the press, silent after {max(sent) - pressed:.2f} s")
    assert len([at for at in sent if at > confirmed]) <= len(publisher["in_flight"])


async def asked_without_kafka(apart: Apart, service: str) -> bool:
    """Whether it has noticed that Kafka is away and is ready all the same: a hold must come in."""
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(f"{apart.platform.urls[service]}/readyz")
    return answer.status_code == 200 and "kafka is away" in answer.json()["checks"].values()


async def hold(brand: Brand) -> None:
    """A moderator holds the brand."""
    await brand.command("hold", {"why": "a fire at the depot"})


async def confirmation(brand: Brand) -> dict[str, Any] | None:
    """Publisher's, once it is there: at once as a rule, a second later where the machine is busy."""
    state = await brand.platform.api.call("GET", f"/brands/{brand.brand_id}/hold")
    publisher: dict[str, Any] = state["services"]["publisher"]
    return publisher if publisher["confirmed"] else None


async def answer(said: Said, number: int) -> None:
    """One of many answers."""
    body = {
        "interaction_id": said.interaction_id,
        "text": f"Bonjour {number}",
        "reply_id": f"{said.external_id}-{number}",
    }
    await said.brand.command("replies", body)


async def left(apart: Apart, brand: Brand) -> list[float]:
    """When each of our answers reached the network."""
    account = brand.accounts["facebook"]["id"]
    lines = await apart.platform.simulator.ledger(account=account)
    return [line["at"] for line in lines if line.get("via") == "api"]
