"""`make bench`: measures, prints a table, writes `.parvis/bench.json`."""

import argparse
import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.bare_loop import bare_loop
from bench.end_to_end import Load, at_rest, figures, measure
from bench.figure import Figure, show, write
from bench.noisy import noisy
from bench.pages import pages
from bench.posts_due import posts_due
from bench.rooms import audiences, counts, deliveries
from parvis.engines.local import Addresses, LocalEngines
from parvis.platform import running
from parvis.settings import ToolSettings

SHIFT = 9000  # away from the ports of a demo that runs beside it
LOADS = (
    Load("200 brands, 10 a webhook", 200, 40_000, 10),
    Load("200 brands, 1 a webhook", 200, 10_000, 1),
    Load("12 brands, limits raised", 12, 20_000, 10),
    Load("200 brands, 10 a webhook, at 1,500/s", 200, 45_000, 10, rate=1500.0),
    Load("200 brands, 10 a webhook, at 0.042 of the bare loop", 200, 30_000, 10, share=0.042),
    Load("200 brands, 10 a webhook, all services", 200, 20_000, 10, every=True),
)


@dataclass(frozen=True, slots=True)
class Bench:
    """Fresh engines, and what the bare loop shows on them."""

    engines: Addresses
    home: Path
    pids: dict[str, int]
    bare: float


@asynccontextmanager
async def fresh() -> AsyncIterator[Bench]:
    """Nothing of an earlier measurement is left: its channels would go on being polled."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        engines = LocalEngines(ToolSettings(home=home))
        addresses = await asyncio.to_thread(engines.start)
        try:
            pids = {standing.name: standing.pid for standing in engines.standings() if standing.pid}
            yield Bench(addresses, home, pids, await bare_loop(addresses.kafka))
        finally:
            await asyncio.to_thread(engines.stop)


async def start(bench: Bench) -> list[Figure]:
    """How long until all services are ready, what they take at rest, and posts that are due at once."""
    began = time.monotonic()
    async with running(bench.engines, bench.home, shift=SHIFT) as platform:
        found = [Figure("start", time.monotonic() - began, "s", "limit", 60.0)]
        await asyncio.sleep(2)
        found += await at_rest(platform, bench.pids)
        return [*found, *await posts_due(platform, bench.engines.mongo)]


async def loaded(load: Load, scale: float, bench: Bench) -> list[Figure]:
    """One load through the whole way."""
    async with running(bench.engines, bench.home, shift=SHIFT, without=load.without) as platform:
        sized = load.here(scale, bench.bare)
        outcome = await measure(platform, bench.engines.mongo, sized, bench.pids)
        return [Figure(f"bare_loop {load.name}", bench.bare, "/s"), *figures(outcome, bench.bare)]


async def storm(bench: Bench) -> list[Figure]:
    """A noisy brand beside quiet ones."""
    async with running(bench.engines, bench.home, shift=SHIFT) as platform:
        return await noisy(platform, bench.engines.mongo)


def measurements(scale: float) -> dict[str, Callable[[Bench], Awaitable[list[Figure]]]]:
    """All there are, by name."""
    return {
        "start": start,
        **{load.name: partial(loaded, load, scale) for load in LOADS},
        "noisy brand": storm,
        "insights": lambda bench: counts(bench.engines, bench.home, SHIFT, bench.bare),
        "audiences": lambda bench: audiences(bench.engines, bench.home, SHIFT, bench.bare),
        "deliveries": lambda bench: deliveries(bench.engines, bench.home, SHIFT),
        "pages": lambda bench: pages(bench.engines, bench.home, SHIFT),
    }


async def run(scale: float, only: str, out: Path) -> list[Figure]:
    """All figures, each in `out` as soon as it is known; `scale` shrinks the loads, `only` keeps the measurements whose
    name holds it."""
    found: list[Figure] = []
    for name, measurement in measurements(scale).items():
        if only in name:
            async with fresh() as bench:
                found += await measurement(bench)
            write(found, out)
    return found


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="size of the loads, 1 for all")
    parser.add_argument("--only", default="", help="measurements whose name holds this")
    parser.add_argument("--out", type=Path, default=Path(".parvis/bench.json"))
    asked = parser.parse_args()
    show(asyncio.run(run(asked.scale, asked.only, asked.out)))


if __name__ == "__main__":
    main()
