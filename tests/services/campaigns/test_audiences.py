"""Whom a campaign addresses: kept as people speak, counted anew where criteria change, shown before money is spent."""

from datetime import UTC, datetime

from services.campaigns.api.audiences import Circles
from services.campaigns.api.shapes import Asked
from tests.services.campaigns.conftest import Office, person

LOUD = ["said >= 3", 'network == "facebook"']


async def size(office: Office, campaign_id: str) -> int | None:
    """As the plan shows it, after a count."""
    await office.resources.counting().count()
    found: int | None = (await office.state(campaign_id))["audience_size"]
    return found


async def test_membership_follows_every_fact(office: Office) -> None:
    """In batches, twice and out of order; it is always what a count of all would say."""
    await office.people([person(office.brand_id, number) for number in range(300)])
    one, everybody = await office.planned(criteria=LOUD), await office.planned()
    loud = sum(1 + number % 7 >= 3 for number in range(300))
    assert (await size(office, one), await size(office, everybody)) == (loud, 300)
    louder = [person(office.brand_id, number, seq=3, said=9) for number in range(0, 300, 7)]
    stale = [person(office.brand_id, number, seq=2, said=1) for number in range(300)]
    await office.people([*louder, *stale[:150], *louder, *stale[:150]])
    await office.people([person(office.brand_id, 900, said=5), person(f"{office.brand_id}-other", 1, said=5)])
    now = datetime.now(UTC)
    counted, _ = await office.resources.profiles.preview(office.brand_id, tuple(LOUD), now, 3)
    assert await size(office, one) == counted
    assert await size(office, everybody) == 301


async def test_other_criteria_are_another_audience(office: Office) -> None:
    """Counted anew, and nobody of the old one is left in it."""
    await office.people([person(office.brand_id, number) for number in range(50)])
    one = await office.planned(criteria=LOUD)
    await office.desk.change(office.who(), one, office.plan(criteria=["said >= 7"]))
    assert (await office.state(one))["audience_size"] is None
    assert await size(office, one) == 7


async def test_who_opted_out_is_never_in(office: Office) -> None:
    """Neither in a sample, nor in what the network is told, whatever they say later."""
    await office.people([person(office.brand_id, number) for number in range(10)])
    made = office.resources
    circles = Circles(made.floor, made.profiles, made.epochs, made.answers)
    await circles.opt_out(office.who(), "p00003", True)
    await office.people([person(office.brand_id, 3, seq=9)])
    shown = (await circles.preview(office.brand_id, Asked())).body
    assert shown["size"] == 9
    assert "p00003" not in [one["person_id"] for one in shown["sample"]]
    one = await office.runs(budget=900_000)
    assert (await office.state(one))["audience_size"] == (await office.books(one))["audience"] == 9
    await circles.opt_out(office.who(), "p00003", False)
    assert await size(office, one) == 10
