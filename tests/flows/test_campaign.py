"""A campaign spends its budget and not a cent more; a brand in a crisis spends nothing, and says why."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from parvis.demo.advertising import advertise
from parvis.demo.advertising import campaign as campaign_of
from parvis.demo.seed import House
from parvis.platform import Platform
from parvis.simulator.brands import DemoBrand
from shared.bus.envelope import Outgoing
from shared.bus.producer import Producer
from shared.events.insights.crisis_eased import CrisisEased
from shared.events.insights.crisis_suspected import CrisisSuspected
from tests.flows.town import Brand, State, eventually, found_brand, once_heard

ARMS = [{"name": "A", "text": "Le caban sur sa patère", "share": 50}, {"name": "B", "text": "La pluie", "share": 50}]


async def campaign(brand: Brand, budget: int) -> str:
    """A running campaign of the brand's; its id."""
    today = datetime.now(UTC).date()
    days = {"first_day": str(today - timedelta(days=1)), "last_day": str(today + timedelta(days=2))}
    plan = {"name": "Hiver", "channel_id": brand.channels["ads"], "budget": budget, "pacing": "fast", "arms": ARMS}
    asked = "campaigns hears of the ad account"
    made = await once_heard(lambda: brand.command("campaigns", plan | days, "manager"), asked)
    campaign_id = str(made["campaign_id"])
    await until(brand, campaign_id, "its audience is counted", audience_size=0)
    await brand.command(f"campaigns/{campaign_id}/start", {}, "manager")
    return campaign_id


async def until(brand: Brand, campaign_id: str, what: str, **wanted: Any) -> State:
    """Waits until the campaign is so."""

    async def look() -> State | None:
        path = f"/brands/{brand.brand_id}/campaigns/{campaign_id}"
        found = await brand.platform.api.call("GET", path)
        return found if all(found[name] == value for name, value in wanted.items()) else None

    return await eventually(look, what, within=40)


async def test_a_campaign_ends_with_its_budget_though_reports_come_late_and_twice(platform: Platform) -> None:
    """What the network really took, what it told, and what Parvis believes are the same sum."""
    brand, simulator = await found_brand(platform, "facebook", "ads"), platform.simulator
    account = brand.accounts["ads"]
    await simulator.ad_pace(cents_per_second=500, report_seconds=0)
    await simulator.fault("report_late", account["id"], times=1, seconds=1)
    await simulator.fault("report_twice", account["id"], probability=0.5)
    await simulator.fault("drop_after", account["id"], operation="ads", times=1)
    one = await campaign(brand, budget=1000)
    ended = await until(brand, one, "the end of its budget", state="ended", cause="budget", confirmed=True)
    books = await simulator.ad(account, one)
    assert (books["serving"], books["spent"], books["told"]) == (False, 1000, 1000)
    assert ended["spent"] == 1000


async def test_a_crisis_pauses_the_ads_and_they_say_why(platform: Platform, kafka: str) -> None:
    """And go on when it has eased; what the neighbour spends is the neighbour's."""
    angry, calm = await asyncio.gather(found_brand(platform, "ads"), found_brand(platform, "ads"))
    await platform.simulator.ad_pace(cents_per_second=5, report_seconds=0)
    one, other = await asyncio.gather(campaign(angry, 500_000), campaign(calm, 500_000))
    await asyncio.gather(*(until(b, c, "it runs", confirmed=True) for b, c in ((angry, one), (calm, other))))
    about = {"brand_id": angry.brand_id, "signal_id": str(uuid4())}
    async with Producer.open(kafka, source="/insights") as producer:

        async def say(kind: type[CrisisSuspected | CrisisEased], seq: int) -> None:
            fact = kind.example().model_copy(update=about | {"seq": seq})
            await producer.send([Outgoing.first(fact, now=datetime.now(UTC))])

        await say(CrisisSuspected, 1)
        await until(angry, one, "the pause", state="paused", cause="crisis", confirmed=True)
        assert not (await platform.simulator.ad(angry.accounts["ads"], one))["serving"]
        assert (await platform.simulator.ad(calm.accounts["ads"], other))["serving"]
        await say(CrisisEased, 2)
        await until(angry, one, "it goes on", state="running", cause="eased", confirmed=True)
    for brand, each in ((angry, one), (calm, other)):
        await brand.command(f"campaigns/{each}/end", {}, "manager")


async def test_the_demos_campaign_runs_and_is_there_once(platform: Platform) -> None:
    """Started by a manager as soon as its audience is counted; asking again the same day changes nothing."""
    brand = await found_brand(platform)
    of = DemoBrand(brand.brand_id, "Kerlann", "knitwear", ("fr",), "Europe/Paris")
    house, now = House(of, dict(brand.accounts), dict(brand.channels)), datetime.now(UTC)
    for _ in range(2):
        await advertise(platform, [house], now)
    state = await until(brand, campaign_of(house, "", now)["campaign_id"], "it runs", state="running", confirmed=True)
    assert state["cause"] == "started"
    await brand.command(f"campaigns/{state['campaign_id']}/end", {}, "manager")
