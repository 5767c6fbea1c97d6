"""A held brand's ads are off when campaigns confirms the hold, whichever of its replicas had which in hand."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from services.campaigns.app import Resources, assemble
from shared.loops import Loop
from shared.networks.advertising import Ad, Report
from shared.networks.capabilities import Account
from shared.service import open_floor
from tests.services.campaigns.conftest import Office, State

SPEND = ("replies", "posts", "spend")
PATIENCE = 30.0


@dataclass
class Slow:
    """The ad network's client, slow where a story says so: a call of that kind waits until it is let go."""

    client: Any
    kind: str
    ref: str
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def put_ad(self, account: Account, ad: Ad) -> None:
        await self._stop("on" if ad.serving else "off", ad.ref)
        await self.client.put_ad(account, ad)

    async def address(self, account: Account, ref: str, members: Sequence[str]) -> None:
        await self._stop("address", ref)
        await self.client.address(account, ref, members)

    async def report(self, account: Account, ref: str, after: int) -> Report:
        found: Report = await self.client.report(account, ref, after)
        return found

    async def _stop(self, kind: str, ref: str) -> None:
        if (kind, ref) == (self.kind, self.ref):
            self.reached.set()
            await self.let_go.wait()


@asynccontextmanager
async def second(office: Office) -> AsyncIterator[Resources]:
    """Another replica of campaigns, on the same stores."""
    settings = office.resources.settings.model_copy(update={"instance": "1"})
    async with AsyncExitStack() as stack:
        floor = await stack.enter_async_context(open_floor(settings, "campaigns"))
        office.learn(floor)
        yield await stack.enter_async_context(assemble(settings, floor))


@asynccontextmanager
async def driven(*replicas: Resources) -> AsyncIterator[None]:
    """Their loops run as in their apps, each looking every half second."""
    loops = [Loop("drive_ads", one.settings.drive_seconds, one.driving().drive_due) for one in replicas]
    for one, loop in zip(replicas, loops, strict=True):
        one.under_way.ended.listen(loop.wake)
    running = [asyncio.create_task(loop.run(replicas[0].floor.database)) for loop in loops]
    try:
        yield
    finally:
        for loop in loops:
            loop.stop()
        await asyncio.gather(*running)


def slow(replica: Resources, kind: str, ref: str) -> tuple[Resources, Slow]:
    """This replica with a network that does not answer one kind of call about a campaign."""
    client = Slow(replica.networks["ads"], kind, ref)
    return replace(replica, networks={**replica.networks, "ads": client}), client


async def until(look: Callable[[], Awaitable[bool]], what: str) -> None:
    """Waits for it, far longer than it should take."""
    until = time.monotonic() + PATIENCE
    while not await look():
        assert time.monotonic() < until, what
        await asyncio.sleep(0.02)


async def started(office: Office, count: int) -> list[str]:
    """Campaigns that a person has just started."""
    found = [await office.planned(budget=900_000) for _ in range(count)]
    for one in found:
        await office.desk.start(office.who(), one)
    return found


async def lines(office: Office) -> list[State]:
    """What the network was told of ads, the oldest first: {subject, serving, at}."""
    return await office.simulator.ledger("ad", office.account["id"])


async def all_are(office: Office, campaigns: Sequence[str], serving: bool) -> bool:
    """Whether all of these stand so at the network, and it is known here."""
    states = [await office.state(one) for one in campaigns]
    if not all(state["confirmed"] for state in states):
        return False
    return all([(await office.books(one))["serving"] == serving for one in campaigns])


async def test_no_ad_stands_after_the_confirmation_whichever_replica_is_told(office: Office) -> None:
    """Both replicas drive; the one that is told of the hold tells the network too, and says what it has not heard of.

    Prints how long it took from the hold to the last ad's end; that no ad goes on later is what is asserted.
    """
    async with second(office) as other, driven(office.resources, other):
        campaigns = await started(office, 8)
        await until(lambda: all_are(office, campaigns, True), "the ads run")
        began, seen = time.time(), len(await lines(office))
        gate = await office.hears_of_hold(1, SPEND, other)
        confirmed = time.time()
        unheard = {one["about"] for one in gate["in_flight"]}
        assert all([not (await office.books(one))["serving"] for one in campaigns if one not in unheard])
        await until(lambda: all_are(office, campaigns, False), "the ads are off")
        after = (await lines(office))[seen:]
        took = max(line["at"] for line in after) - began
        print(f"confirmed after {confirmed - began:.3f} s, last ad off after {took:.3f} s, unheard: {len(unheard)}")
        await asyncio.sleep(2 * office.resources.settings.drive_seconds)
        assert not any(line["serving"] for line in (await lines(office))[seen:])


async def test_a_slow_call_is_named_and_keeps_no_other_campaign_on(office: Office) -> None:
    """One replica is switching an ad on as the hold comes: it is in flight, and goes off right after."""
    first, other_one = await started(office, 2)
    stuck, client = slow(office.resources, "on", first)
    async with second(office) as other, driven(stuck):
        await asyncio.wait_for(client.reached.wait(), PATIENCE)
        await until(lambda: all_are(office, [other_one], True), "the other runs")
        gate = await office.hears_of_hold(1, SPEND, other)
        assert first in {one["about"] for one in gate["in_flight"]}
        await until(lambda: all_are(office, [other_one], False), "the other is off while the first is being called")
        assert not client.let_go.is_set()
        client.let_go.set()
        await until(lambda: all_are(office, [first], False), "what was on its way is off")
        told = [line["serving"] for line in await lines(office) if line["subject"] == first]
        assert told[-2:] == [True, False]
        again = await office.hears_of_hold(1, SPEND, other)
        assert again["in_flight"] == []


async def test_what_was_claimed_before_the_hold_is_not_switched_on(office: Office) -> None:
    """The gate is read once more after all that takes time, right before the call that spends."""
    (one,) = await started(office, 1)
    stuck, client = slow(office.resources, "address", one)
    async with second(office) as other, driven(stuck):
        await asyncio.wait_for(client.reached.wait(), PATIENCE)
        gate = await office.hears_of_hold(1, SPEND, other)
        assert [(here["about"], here["kind"], here["network"]) for here in gate["in_flight"]] == [(one, "ad", "ads")]
        client.let_go.set()
        await until(lambda: all_are(office, [one], False), "it stays off")
        assert not any(line["serving"] for line in await lines(office))
        assert await office.stands(one) == ("paused", "held")
        await office.hears_of_hold(2, [], other)
        await until(lambda: all_are(office, [one], True), "it runs once the hold is over")


async def test_who_died_during_a_call_keeps_nobody_from_switching_off(office: Office) -> None:
    """Its claim is taken back when it starts again, and else runs out."""
    (one,) = await started(office, 1)
    claims = office.resources.claims
    assert await claims.claim(await claims.due(1), "a call that never ends", "0")
    await office.hears_of_hold(1, SPEND)
    assert not (await office.state(one))["confirmed"]
    await claims.take_back("another")
    assert await claims.due(1) == []
    await claims.take_back("0")
    await office.resources.driving().drive()
    assert await all_are(office, [one], False)
