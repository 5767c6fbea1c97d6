"""Interactions from a signed webhook to the inbox with their verdict, over the whole platform."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import psutil

from bench.figure import Figure
from parvis.platform import APP_ID, Platform, connect
from shared.mongo.client import Mongo

SEEDING_AT_ONCE = 8
PATIENCE = 240.0
SETTLED = 15.0  # seconds after which new channels have been read once, and their tokens looked at
REST = 5.0
BESIDE = frozenset({"insights", "campaigns", "crm"})  # no interaction waits for them on its way to the inbox
MICROSECONDS, BUDGET = "µs an interaction", 400.0
JUDGED = {"verdict_no": {"$exists": True}, "said_at": {"$exists": True}}
UNLIMITED = {"rate_burst": 1_000_000, "rate_per_second": 1_000_000.0}


@dataclass(frozen=True, slots=True)
class Load:
    """`count` comments over `brands`, `per_call` changes a webhook, at `rate` a second (0: as fast as they go), or
    at the `share` of the bare loop; by the services on the way to the inbox, or by `every` one."""

    name: str
    brands: int
    count: int
    per_call: int
    rate: float = 0.0
    share: float = 0.0
    every: bool = False

    @property
    def without(self) -> frozenset[str]:
        """The services that stay off."""
        return frozenset() if self.every else BESIDE

    def here(self, scale: float, bare: float) -> "Load":
        """At a scale, on a machine whose bare loop goes at `bare` a second."""
        return replace(self, count=int(self.count * scale), rate=self.rate or self.share * bare)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a load showed."""

    load: Load
    per_second: float
    p50: float
    p99: float
    generator_cpu: float
    services_cpu: Mapping[str, float]
    memory: Mapping[str, float]
    engines_cpu: Mapping[str, float]

    @property
    def cpu(self) -> float:
        """Of services and engines together; the generator's is told apart."""
        return sum(self.services_cpu.values()) + sum(self.engines_cpu.values())


async def seed(platform: Platform, brands: int, *, limited: bool = False) -> list[tuple[str, str]]:
    """Brands with a Facebook Page each, `limited` as brands usually are; (brand, page) of every one."""
    agency = f"agency-{uuid4().hex[:8]}"
    await platform.api.agency(agency, name="Banc d'essai")
    limit = asyncio.Semaphore(SEEDING_AT_ONCE)

    async def one(number: int) -> tuple[str, str]:
        async with limit:
            brand = f"{agency}-{number}"
            facts: dict[str, Any] = {"name": f"Marque {number}", "timezone": "Europe/Paris", "languages": ["fr"]}
            await platform.api.brand(brand, agency_id=agency, **facts, **({} if limited else UNLIMITED))
            account = await platform.simulator.account("facebook", f"Marque {number}", app_id=APP_ID)
            await connect(platform, brand, account)
            return brand, str(account["id"])

    return list(await asyncio.gather(*(one(number) for number in range(brands))))


async def measure(platform: Platform, mongo_uri: str, load: Load, engines: Mapping[str, int]) -> Outcome:
    """Run one load over fresh brands and wait until the last verdict is in the inbox. `engines`: their processes."""
    pairs = await seed(platform, load.brands)
    brands = [brand for brand, _ in pairs]
    await asyncio.sleep(SETTLED)
    pids = processes(platform) | dict(engines)
    async with Mongo.open(mongo_uri) as mongo:
        inbox = mongo.database("parvis_console").brand("interactions")
        before = _cpu(pids)
        state = await platform.simulator.load(
            [page for _, page in pairs], load.count, per_call=load.per_call, rate=load.rate
        )
        await _all_judged(inbox, brands, load.count)
        ended = time.time()
        after = _cpu(pids)
        dwells, first = await _dwells(inbox, brands)
        state = await platform.simulator.load_state(state["id"])
    spent = {name: (after[name] - before[name]) * 1e6 / load.count for name in after}
    seconds = ended - first
    return Outcome(
        load,
        load.count / seconds,
        dwells[len(dwells) // 2],
        dwells[int(len(dwells) * 0.99)],
        spent.pop("simulator"),
        {name: cpu for name, cpu in spent.items() if name not in engines},
        memory(platform),
        {name: spent[name] for name in engines},
    )


def figures(outcome: Outcome, bare: float) -> list[Figure]:
    """As they are reported."""
    name, reference = outcome.load.name, "bare aiokafka consume → produce → commit"
    return [
        Figure(f"interactions_end_to_end {name}", outcome.per_second, "/s", reference, bare),
        Figure(f"dwell_p50 {name}", outcome.p50 * 1000, "ms", "target p99", 2000.0),
        Figure(f"dwell_p99 {name}", outcome.p99 * 1000, "ms", "target p99", 2000.0),
        Figure(f"generator_cpu {name}", outcome.generator_cpu, MICROSECONDS),
        *(Figure(f"cpu {one} {name}", cpu, MICROSECONDS) for one, cpu in outcome.services_cpu.items()),
        *(Figure(f"cpu {one} {name}", cpu, MICROSECONDS) for one, cpu in outcome.engines_cpu.items()),
        Figure(f"cpu in all {name}", outcome.cpu, MICROSECONDS, "budget", BUDGET),
        *(Figure(f"memory_under_load {one} {name}", mb, "MB") for one, mb in outcome.memory.items()),
    ]


async def at_rest(platform: Platform, engines: Mapping[str, int]) -> list[Figure]:
    """What each process costs while nothing happens: memory, and CPU over some seconds."""
    pids = processes(platform) | dict(engines)
    before = _cpu(pids)
    await asyncio.sleep(REST)
    after = _cpu(pids)
    return [
        *(Figure(f"memory_at_rest {name}", mb, "MB") for name, mb in memory(platform).items()),
        *(Figure(f"cpu_at_rest {name}", (after[name] - before[name]) / REST * 1000, "ms a second") for name in pids),
    ]


def memory(platform: Platform) -> dict[str, float]:
    """Resident megabytes of each service."""
    return {name: psutil.Process(pid).memory_info().rss / 1e6 for name, pid in processes(platform).items()}


def processes(platform: Platform) -> dict[str, int]:
    """Each service's process, the simulator's too."""
    return {child.program.name: child.pid for child in platform.supervisor.children if child.pid}


def _cpu(pids: Mapping[str, int]) -> dict[str, float]:
    """CPU seconds spent so far by each process; the simulator's generates the load."""
    return {name: sum(psutil.Process(pid).cpu_times()[:2]) for name, pid in pids.items()}


async def _all_judged(inbox: Any, brands: Sequence[str], count: int) -> None:
    """Brand after brand, so that looking costs the database little."""
    deadline, judged = time.monotonic() + PATIENCE, 0
    for number, brand in enumerate(brands):
        expected = len(range(number, count, len(brands)))
        while (found := await inbox.count({"brand_id": brand} | JUDGED)) < expected:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{judged + found} of {count} were judged within {PATIENCE:g} s")
            await asyncio.sleep(0.25)
        judged += found


async def _dwells(inbox: Any, brands: Sequence[str]) -> tuple[list[float], float]:
    """Seconds from receipt to the inbox with its verdict, sorted; and the first receipt (Unix time)."""
    rows = await inbox.find(
        {"brand_id": {"$in": list(brands)}, "author_is_brand": {"$ne": True}, **JUDGED},
        projection={"seen_at": 1, "arrived_at": 1, "updated_at": 1, "verdict.judged_at": 1},
    )
    dwells = sorted((_judged_in_the_inbox(row) - row["seen_at"]).total_seconds() for row in rows)
    return dwells, min(row["seen_at"] for row in rows).timestamp()


def _judged_in_the_inbox(row: Mapping[str, Any]) -> datetime:
    """Most come with their verdict; what came before it was last changed when the verdict, or what follows from that,
    was written."""
    moment: datetime = row["arrived_at"] if row["arrived_at"] >= row["verdict"]["judged_at"] else row["updated_at"]
    return moment
