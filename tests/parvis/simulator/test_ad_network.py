"""The ad network as its client meets it: money flows by the second, reports lie only where a fault says so."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from parvis.simulator.remote import Row, Simulator
from shared.egress import Egress
from shared.errors import OutcomeUnknown
from shared.networks.ads.client import Ads
from shared.networks.advertising import Ad, AdArm
from shared.networks.capabilities import Account, Connecting, Gone, RateLimited, Refused, TokenLost
from shared.settings import FloorSettings

ARMS = (AdArm("A", "", "", 40), AdArm("B", "", "", 60))
WISH = Ad("c1", "Winter", True, 800, "EUR", ARMS)


@dataclass
class Seat:
    """A client with an account of its own."""

    client: Ads
    account: Account
    row: Row
    simulator: Simulator


@pytest.fixture
async def seat(simulator: Simulator, tmp_path: Path) -> AsyncIterator[Seat]:
    """An ad account that nobody else has."""
    row = await simulator.account("ads", "Kerlann")
    await simulator.ad_pace(cents_per_second=2000, report_seconds=0)
    settings = FloorSettings(kafka="k", mongo="m", egress_allow=(simulator.address,))
    async with Egress.open(settings) as egress:
        account = Account("ch", "br", row["id"], simulator.base_url("ads"), row["token"])
        yield Seat(Ads(egress), account, row, simulator)


async def test_money_flows_until_the_budget_and_by_the_split(seat: Seat) -> None:
    """What is told is what was spent, to the cent, arm by arm."""
    assert isinstance(seat.client, Connecting)
    assert (await seat.client.whoami(seat.account)).name == "Kerlann"
    await seat.client.put_ad(seat.account, WISH)
    await asyncio.sleep(0.6)
    report = await seat.client.report(seat.account, "c1", 0)
    spent: dict[str, int] = {}
    for one in report.figures:
        spent[one.arm] = spent.get(one.arm, 0) + one.spend
    assert spent == {"A": 320, "B": 480}
    assert (await seat.simulator.ad(seat.row, "c1"))["spent"] == 800
    again = await seat.client.report(seat.account, "c1", max(one.number for one in report.figures))
    assert (again.figures, again.serving) == ([], True)


async def test_a_restated_hour_has_a_higher_number_and_less_in_it(seat: Seat) -> None:
    """The newest number of an hour is right."""
    await seat.client.put_ad(seat.account, WISH)
    await asyncio.sleep(0.6)
    first = await seat.client.report(seat.account, "c1", 0)
    await seat.client.put_ad(seat.account, replace(WISH, serving=False))
    last = max(one.number for one in first.figures)
    await seat.simulator.fault("report_restated", seat.row["id"], times=1)
    (restated,) = (await seat.client.report(seat.account, "c1", last)).figures
    assert restated.number > last
    assert restated.spend < 480


@pytest.mark.parametrize(
    ("kind", "meets"),
    [("rate_limit", RateLimited), ("server_error_after", OutcomeUnknown), ("token_lost", TokenLost)],
)
async def test_it_fails_as_networks_do(seat: Seat, kind: str, meets: type[Exception]) -> None:
    """Each failure means one thing to the caller."""
    await seat.simulator.fault(kind, seat.row["id"], operation="*", times=1, seconds=1)
    with pytest.raises(meets):
        await seat.client.put_ad(seat.account, WISH)


async def test_it_refuses_what_is_wrong(seat: Seat) -> None:
    """Shares that are no whole, and campaigns that nobody made."""
    wrong: Any = replace(WISH, arms=ARMS[:1])
    with pytest.raises(Refused, match="100"):
        await seat.client.put_ad(seat.account, wrong)
    with pytest.raises(Gone):
        await seat.client.report(seat.account, "c9", 0)
