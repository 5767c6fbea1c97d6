"""`make bench`: measures, prints a table, writes `.parvis/bench.json`."""

import argparse
import asyncio
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.bare_loop import bare_loop
from bench.end_to_end import Load, at_rest, figures, measure
from bench.figure import Figure, show, write
from bench.posts_due import posts_due
from parvis.engines.local import LocalEngines
from parvis.platform import running
from parvis.settings import ToolSettings

SHIFT = 9000  # away from the ports of a demo that runs beside it
LOADS = (
    Load("200 brands, 10 a webhook", 200, 40_000, 10),
    Load("200 brands, 1 a webhook", 200, 10_000, 1),
    Load("12 brands, limits raised", 12, 20_000, 10),
    Load("200 brands, 10 a webhook, at 1,500/s", 200, 45_000, 10, rate=1500.0),
    Load("200 brands, 10 a webhook, at 0.042 of the bare loop", 200, 30_000, 10, share=0.042),
)


async def run(scale: float, only: str) -> list[Figure]:
    """All figures; `scale` shrinks the loads, `only` keeps those whose name holds it."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        engines = LocalEngines(ToolSettings(home=home))
        addresses = await asyncio.to_thread(engines.start)
        try:
            pids = {standing.name: standing.pid for standing in engines.standings() if standing.pid}
            bare = await bare_loop(addresses.kafka)
            found = [Figure("bare_loop", bare, "/s")]
            began = time.monotonic()
            async with running(addresses, home, shift=SHIFT) as platform:
                found.append(Figure("start", time.monotonic() - began, "s", "limit", 60.0))
                await asyncio.sleep(2)
                found += await at_rest(platform, pids)
                if not only:
                    found.append(await posts_due(platform, addresses.mongo))
                for load in LOADS:
                    if only in load.name:
                        sized = load.here(scale, bare)
                        found += figures(await measure(platform, addresses.mongo, sized, pids), bare)
            return found
        finally:
            await asyncio.to_thread(engines.stop)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="size of the loads, 1 for all")
    parser.add_argument("--only", default="", help="loads whose name holds this")
    parser.add_argument("--out", type=Path, default=Path(".parvis/bench.json"))
    asked = parser.parse_args()
    found = asyncio.run(run(asked.scale, asked.only))
    write(found, asked.out)
    show(found)


if __name__ == "__main__":
    main()
