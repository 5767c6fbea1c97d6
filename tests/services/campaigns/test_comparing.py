"""Comparing two creatives: concluded once, by the last report that is read, with every late and restated one in it."""

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.events.campaigns.experiment_concluded import ExperimentConcluded
from shared.mongo.outbox import OutboxRow
from shared.mongo.transactions import Transaction
from shared.networks.advertising import Figures
from tests.services.campaigns.conftest import Office

THIRDS = [{"name": "A", "share": 30}, {"name": "B", "share": 70}]
COUNTS = ("spend", "impressions", "clicks", "conversions")


def listening(office: Office) -> list[ExperimentConcluded]:
    """The conclusions that are stated from now on."""
    found: list[ExperimentConcluded] = []

    def listen(rows: Sequence[OutboxRow]) -> None:
        types = [dict(row.message.headers)["ce_type"].decode() for row in rows]
        told = zip(types, rows, strict=True)
        wanted = ExperimentConcluded.type_name()
        found.extend(ExperimentConcluded.read(row.message.value or b"") for kind, row in told if kind == wanted)

    office.resources.floor.database.outbox.on_commit(listen)
    return found


async def later(office: Office, campaign_id: str, days: float, **more: Any) -> None:
    """So many days have passed since its end."""
    then = datetime.now(UTC) - timedelta(days=days)
    about = {"_id": campaign_id, "brand_id": office.brand_id}
    await office.resources.floor.database.brand("campaigns").update(about, {"$set": {"turned_at": then, **more}})


async def conclude(office: Office) -> None:
    """Two replicas look in the same moment."""
    await asyncio.gather(*(office.resources.concluding().conclude() for _ in range(2)))


async def by_the_network(office: Office, campaign_id: str) -> list[tuple[Any, ...]]:
    """What the network's own report, read whole, comes to for each creative."""
    campaign = await office.resources.course.campaigns.get(office.brand_id, campaign_id)
    client, account = office.resources.reporting().calls.seat(campaign)
    figures = (await client.report(account, campaign_id, 0)).figures
    return [(arm, *(sum(getattr(f, n) for f in figures if f.arm == arm) for n in COUNTS)) for arm in "AB"]


async def test_it_concludes_once_with_every_late_and_restated_report(office: Office) -> None:
    """Not with the end: a report that comes after it counts; not before one was read that can be the last."""
    concluded = listening(office)
    await office.simulator.fault("report_late", office.account["id"], times=1, seconds=3600)
    one = await office.runs(budget=900_000, arms=THIRDS)
    await asyncio.sleep(0.1)
    await office.turn()
    await office.desk.end(office.who(), one, "enough")
    await office.turn()
    assert await office.spent(one) == 0
    await conclude(office)
    await office.simulator.fault("report_late", office.account["id"], times=1, seconds=0)
    await office.turn()
    before = await office.spent(one)
    assert before > 0
    await later(office, one, 8, reported_at=datetime.now(UTC) - timedelta(days=2))
    await conclude(office)
    assert concluded == []
    await office.simulator.fault("report_restated", office.account["id"], times=1)
    await office.turn()
    await conclude(office)
    await conclude(office)
    (fact,) = concluded
    counts = [(arm.name, arm.spend, arm.impressions, arm.clicks, arm.conversions) for arm in fact.arms]
    assert counts == await by_the_network(office, one)
    assert sum(arm.spend for arm in fact.arms) == await office.spent(one) < before
    assert (fact.cause, [arm.share for arm in fact.arms]) == ("person", [30, 70])


async def test_what_is_final_stays_so_until_a_person_resumes(office: Office) -> None:
    """No later report changes stated counts; a campaign that goes on is compared again, with a higher number."""
    concluded = listening(office)
    one = await office.runs(budget=500)
    for _ in range(200):
        await office.turn()
        if (await office.stands(one))[0] == "ended":
            break
        await asyncio.sleep(0.02)
    await later(office, one, 8)
    await office.turn()
    await conclude(office)
    spent = await office.spent(one)
    await office.simulator.fault("report_restated", office.account["id"], times=1)
    await office.turn()
    assert await office.spent(one) == spent == sum(arm.spend for arm in concluded[0].arms) == 500
    await office.desk.change(office.who(), one, office.plan(budget=900_000))
    await office.desk.resume(office.who(), one)
    await conclude(office)
    await office.desk.end(office.who(), one, "")
    await later(office, one, 8)
    await office.turn()
    await conclude(office)
    first, second = concluded
    assert second.seq > first.seq


async def test_one_creative_alone_is_no_comparison(office: Office) -> None:
    """Nothing is concluded of it, and its reports end with their week."""
    concluded = listening(office)
    one = await office.runs(budget=900_000, arms=[{"name": "A", "share": 100}])
    await office.desk.end(office.who(), one, "")
    await later(office, one, 20, changed_at=datetime.now(UTC) - timedelta(days=20))
    await conclude(office)
    assert concluded == []
    assert await office.resources.course.campaigns.to_report(datetime.now(UTC) - timedelta(days=7)) == []


async def test_counts_are_the_same_in_whatever_order_reports_come(office: Office) -> None:
    """Shuffled and doubled: each arm's hour counts once, as it was told last."""
    spend, hours = office.resources.course.spend, [datetime(2026, 11, 25, hour, tzinfo=UTC) for hour in range(4)]
    figures = [
        Figures(arm, hour, 10 * place + again, spend=100 + again, impressions=9, clicks=3 - again, conversions=again)
        for place, (arm, hour) in enumerate((arm, hour) for arm in "AB" for hour in hours)
        for again in (1, 2)
    ]
    total = {"spend": 408, "impressions": 36, "clicks": 4, "conversions": 8}
    for seed in range(5):
        told = figures * 2
        random.Random(seed).shuffle(told)

        async def work(tx: Transaction, seed: int = seed, told: Sequence[Figures] = told) -> dict[str, dict[str, int]]:
            for begin in range(0, len(told), 5):
                await spend.learn(office.brand_id, f"c{seed}", told[begin : begin + 5], tx=tx)
            return await spend.by_arm(office.brand_id, f"c{seed}", tx=tx)

        assert await office.resources.floor.database.transact(work) == {"A": total, "B": total}
