"""Money: it flows only where it may, stops with the budget, and is counted exactly whatever the reports do."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from shared.errors import Conflict, NotFound
from shared.problems import Problem
from tests.services.campaigns.conftest import HALVES, Office


async def until_ended(office: Office, campaign_id: str) -> None:
    """Turns the loops until the campaign is over."""
    for _ in range(200):
        await office.turn()
        if (await office.stands(campaign_id))[0] == "ended":
            return
        await asyncio.sleep(0.02)
    raise AssertionError(await office.state(campaign_id))


async def test_it_ends_with_its_budget_though_reports_are_late_twice_and_restated(office: Office) -> None:
    """The hard stop is the network's and ours; what is paid back afterwards starts nothing."""
    await office.simulator.fault("report_late", office.account["id"], times=1, seconds=0.3)
    await office.simulator.fault("report_twice", office.account["id"])
    one = await office.runs()
    assert (await office.state(one))["confirmed"]
    await until_ended(office, one)
    books = await office.books(one)
    assert (books["spent"], books["serving"]) == (1000, False)
    assert await office.stands(one) == ("ended", "budget")
    assert await office.spent(one) == books["told"] == 1000
    assert office.told.count("BudgetExhausted") == 1
    await office.simulator.fault("report_restated", office.account["id"], times=1)
    await office.turn()
    assert await office.spent(one) == (await office.books(one))["told"] < 1000
    await office.turn()
    assert await office.stands(one) == ("ended", "budget")
    assert not (await office.books(one))["serving"]


async def test_where_the_network_overspends_it_is_stopped_by_the_next_report(office: Office) -> None:
    """Nothing is spent after the report that tells of it; every cent is known in the end."""
    await office.simulator.fault("budget_ignored", office.account["id"])
    one = await office.runs(budget=500)
    await until_ended(office, one)
    over = (await office.books(one))["spent"]
    assert over >= 500
    await asyncio.sleep(0.2)
    await office.turn()
    books = await office.books(one)
    assert books["spent"] == over
    assert over - len(HALVES) < await office.spent(one) == books["told"]  # each creative is told in whole cents


async def test_only_a_person_lets_it_spend_again_and_only_with_a_larger_budget(office: Office) -> None:
    """A resume without more is refused, saying why."""
    one = await office.runs()
    await until_ended(office, one)
    with pytest.raises(Conflict, match="budget is spent"):
        await office.desk.resume(office.who(), one)
    await office.desk.change(office.who(), one, office.plan(budget=1500))
    await office.turn()
    assert await office.stands(one) == ("ended", "budget")
    await office.desk.resume(office.who(), one)
    await until_ended(office, one)
    assert (await office.books(one))["spent"] == 1500


async def test_each_creative_has_its_fixed_share(office: Office) -> None:
    """Exactly, in the sum over all hours."""
    one = await office.runs(arms=[{"name": "A", "share": 30}, {"name": "B", "share": 70}])
    await until_ended(office, one)
    rows = await office.resources.floor.database.brand("spend").find({"brand_id": office.brand_id})
    shares = {arm: sum(row["spend"] for row in rows if row["arm"] == arm) for arm in "AB"}
    assert shares == {"A": 300, "B": 700}
    with pytest.raises(Problem, match="arms can be changed no more"):
        await office.desk.change(office.who(), one, office.plan(budget=5000, arms=HALVES))


async def test_a_crisis_pauses_and_its_end_resumes(office: Office) -> None:
    """One that is still learning does nothing; facts may come in any order."""
    one = await office.runs(budget=900_000)
    await office.crisis(1, True, learning=True)
    await office.turn()
    assert await office.stands(one) == ("running", "started")
    await office.crisis(3, True)
    await office.crisis(2, False)
    await office.turn()
    assert await office.stands(one) == ("paused", "crisis")
    spent = (await office.books(one))["spent"]
    await asyncio.sleep(0.1)
    assert await office.books(one) | {"told": 0} == {"serving": False, "spent": spent, "told": 0, "audience": 0}
    await office.crisis(4, False)
    await office.turn()
    assert await office.stands(one) == ("running", "eased")
    assert (await office.books(one))["serving"]
    assert office.told.count("CampaignPaused") == 1


async def test_a_held_brand_spends_nothing_until_spend_is_released(office: Office) -> None:
    """Console is confirmed at once, and the ads are wished off by then; an older list of holds opens nothing."""
    one = await office.runs(budget=900_000)
    gate = await office.hears_of_hold(2, ["replies", "posts", "spend"])
    assert (gate["seq"], gate["shut"]) == (2, ["replies", "posts", "spend"])
    assert await office.stands(one) == ("paused", "held")
    await office.resources.driving().drive()
    assert not (await office.books(one))["serving"]
    assert (await office.hears_of_hold(1, []))["seq"] == 2
    await office.turn()
    assert await office.stands(one) == ("paused", "held")
    await office.desk.pause(office.who(), one, "we think about it")
    await office.desk.resume(office.who(), one)
    assert await office.stands(one) == ("paused", "held")
    await office.hears_of_hold(3, ["spend"])
    assert await office.stands(one) == ("paused", "held")
    await office.hears_of_hold(4, [])
    await office.turn()
    assert await office.stands(one) == ("running", "released")
    assert (await office.books(one))["serving"]


async def test_a_shut_gate_is_asked_again_before_ads_go_on(office: Office) -> None:
    """A crisis between the start and the call: nothing is switched on."""
    one = await office.planned()
    await office.desk.start(office.who(), one)
    await office.crisis(1, True)
    await office.resources.driving().drive()
    assert not (await office.state(one))["confirmed"]
    await office.turn()
    assert await office.stands(one) == ("paused", "crisis")
    assert (await office.books(one))["spent"] == 0


async def test_an_unknown_outcome_is_asked_again(office: Office) -> None:
    """The network cuts the line after it has switched the ads off: it is told once more, and confirms."""
    one = await office.runs(budget=900_000)
    await office.simulator.fault("drop_after", office.account["id"], operation="ads", times=1)
    await office.desk.pause(office.who(), one, "out of stock")
    await office.resources.driving().drive()
    state = await office.state(one)
    assert (state["confirmed"], state["why"]) == (False, "out of stock")
    await office.resources.floor.database.brand("campaigns").update(
        {"_id": one, "brand_id": office.brand_id}, {"$set": {"ask_at": datetime.now(UTC) - timedelta(seconds=1)}}
    )
    await office.resources.driving().drive()
    assert (await office.state(one))["confirmed"]
    assert not (await office.books(one))["serving"]


async def test_what_the_network_refuses_is_paused_with_its_words(office: Office) -> None:
    """A dead token: nobody believes that ads run."""
    one = await office.planned()
    await office.simulator.token(office.account, lost=True)
    await office.desk.start(office.who(), one)
    await office.resources.driving().drive()
    state = await office.state(one)
    assert (state["state"], state["cause"]) == ("paused", "refused")
    assert "token" in state["why"]


async def test_an_even_campaign_waits_for_its_plan(office: Office) -> None:
    """It is ahead after its first report, and says that it waits."""
    one = await office.runs(budget=900_000, pacing="even", first_day=(datetime.now(UTC) - timedelta(days=3)).date())
    await office.resources.floor.database.brand("campaigns").update(
        {"_id": one, "brand_id": office.brand_id}, {"$set": {"last_day": "2099-12-31", "first_day": "2020-01-01"}}
    )
    await asyncio.sleep(0.2)
    await office.turn()
    await office.turn()
    assert await office.stands(one) == ("running", "pace")
    assert not (await office.books(one))["serving"]


async def test_commands_are_what_the_person_saw_and_only_once(office: Office) -> None:
    """An older state is refused with the newer one; the same key again is the same command."""
    one = await office.planned()
    seq = (await office.state(one))["seq"]
    who = office.who(seq=seq, key="k", digest="d")
    first = await office.desk.start(who, one)
    assert await office.desk.start(who, one) == first
    with pytest.raises(Conflict) as refused:
        await office.desk.pause(office.who(seq=seq), one, "")
    assert refused.value.current is not None
    assert refused.value.current["state"] == "running"
    with pytest.raises(Conflict, match="still being counted"):
        await office.desk.start(
            office.who(), str((await office.desk.create(office.who(), office.plan())).body["campaign_id"])
        )
    with pytest.raises(NotFound):
        await office.desk.create(office.who(), office.plan(channel_id="somebody-else-s"))
