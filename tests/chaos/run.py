"""One run from founding the brands to the comparison."""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from parvis.engines import ports
from parvis.engines.local import LocalEngines, Say, quiet
from parvis.platform import Platform, running
from parvis.settings import ToolSettings
from tests import seats
from tests.chaos import network, town
from tests.chaos.churn import churn
from tests.chaos.comparison import Check, compare
from tests.chaos.killer import Death, Killer, slowest
from tests.chaos.plan import Plan
from tests.chaos.storm import Done, Storm
from tests.chaos.testimony import Testimony, Witness
from tests.services.crm.receiver import receiving

QUICK = {
    "moderation": {"MODERATION_UNDO_SECONDS": "2", "MODERATION_MEDIA_SECONDS": "2"},
    "publisher": {
        "PUBLISHER_LOOKS": "0.2,1,3",
        "PUBLISHER_REQUEST_TIMEOUT": "3",
        "PUBLISHER_LEASE_SECONDS": "15",
        "PUBLISHER_COMMIT_BOUND": "0",  # the simulated networks commit before they answer, or never
    },
    "insights": {"INSIGHTS_PEOPLE_SECONDS": "1"},  # what it states is all that campaigns hears
    "crm": {"CRM_RETRIES": "0,0.5,1,2,4,8"},
    # No poll makes good what a webhook brought and we lost.
    "ingest": {"INGEST_FACEBOOK_POLL_SECONDS": "86400", "INGEST_MASTODON_POLL_SECONDS": "2"},
}
PACE = {"first_wait": 0.3, "longest_wait": 2.0}
SHIFT = seats.shift()
CONNECTED = 2.0  # seconds: what is said before counts as said before the channel was there
LOOK_EVERY = 3.0
Instead = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Report:
    """What a run showed. Times in seconds."""

    plan: Plan
    checks: list[Check]
    deaths: list[Death]
    refused: list[str]
    answers: dict[str, int]
    amounts: dict[str, int]
    storm: float
    settled: float

    @property
    def failed(self) -> list[Check]:
        """The checks that do not hold."""
        return [check for check in self.checks if not check.holds]

    @property
    def slowest(self) -> float:
        """The longest that a killed service was missed while both engines were there."""
        return slowest(self.deaths)

    def as_json(self) -> dict[str, Any]:
        """For the machine."""
        told = asdict(self) | {"slowest_recovery": self.slowest, "failed": [check.name for check in self.failed]}
        told["checks"] = [asdict(check) | {"holds": check.holds} for check in self.checks]
        return told


def private_engines(home: Path) -> LocalEngines:
    """Engines that nobody else uses, whatever the environment names: they are going to be killed."""
    kafka, mongo = (ports.choose(usual + SHIFT, fixed=False) for usual in (9092, 27017))
    return LocalEngines(ToolSettings(home=home, kafka=None, mongo=None, kafka_port=kafka, mongo_port=mongo))


async def run(
    plan: Plan, engines: LocalEngines, home: Path, instead: Instead | None = None, say: Say = quiet
) -> Report:
    """Start everything, let the storm rage and the killer kill, wait until all is settled (or patience ends)."""
    addresses = await asyncio.to_thread(engines.start)
    async with AsyncExitStack() as opened:
        receiver = await opened.enter_async_context(receiving())
        allow = [f"127.0.0.1:{receiver.port}"]
        started = running(
            addresses, home, env=QUICK, seed=plan.seed, instead=instead, allow=allow, within=150, shift=SHIFT
        )
        platform = await opened.enter_async_context(started)
        await platform.simulator.pace(**PACE)
        brands = await town.found(platform, plan.brands, receiver.url())
        await asyncio.sleep(CONNECTED)
        storm, killer = Storm(platform, brands, plan), Killer(platform, engines)
        began = time.monotonic()
        say(f"the storm of {plan.seconds:.0f} s begins")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(storm.rage())
            tasks.create_task(killer.go(plan))
            tasks.create_task(churn(platform, plan))
        raged = time.monotonic()
        say(f"it raged for {raged - began:.0f} s; now it is compared until all is settled")
        witness = Witness(addresses.kafka, addresses.mongo, [brand.brand_id for brand in brands], receiver)
        checks, amounts = await _until_settled(platform, brands, storm.done, witness, plan)
        answers = dict(storm.insist.answers)
        settled = time.monotonic() - raged
    return Report(plan, checks, killer.deaths, storm.insist.refused, answers, amounts, raged - began, settled)


async def _until_settled(
    platform: Platform, brands: list[town.Brand], done: Done, witness: Witness, plan: Plan
) -> tuple[list[Check], dict[str, int]]:
    """Compare until all holds that should, and once more a little later: what comes twice may come late, and what is
    missing may come."""
    deadline, before = time.monotonic() + plan.patience, list[tuple[str, ...]]()  # what was wrong when all last held
    while True:
        truth = await network.look(platform.simulator, brands)
        told = await witness.testify()
        checks = compare(truth, done, told)
        holds = all(check.holds or check.name in plan.broken for check in checks)
        wrong = [check.wrong for check in checks]
        if (holds and wrong == before) or time.monotonic() > deadline:
            return checks, _amounts(truth, done, told)
        before = wrong if holds else []
        await asyncio.sleep(LOOK_EVERY)


def _amounts(truth: network.Network, done: Done, told: Testimony) -> dict[str, int]:
    """How much of what there was."""
    return {
        "comments": len(truth.comments),
        "webhook calls": truth.calls,
        "webhook calls made again": truth.repeated,
        "hidden": len(truth.hides),
        "posts": len(done.posts),
        "replies": len(done.replies),
        "decisions": len(done.decisions),
        "edited": len(done.edited),
        "deleted": len(done.deleted),
        "webhooks told": len(told.told),
        "verdicts": len(told.verdicts),
        "verdicts stated again": told.stated - len(told.verdicts),
    }
