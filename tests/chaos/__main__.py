"""`make chaos`: a long storm; prints what it found and writes `.parvis/chaos.json`."""

import argparse
import asyncio
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.chaos.plan import Plan
from tests.chaos.report import show, write
from tests.chaos.run import Report, private_engines, run

A_SECOND: dict[str, float] = {"interactions": 125, "mentions": 3, "posts": 5, "deletions": 1}
A_SECOND |= dict.fromkeys(("replies", "decisions", "edits"), 1.5)
KILL_EVERY = 2.5
DROPPED = 0.1  # of what is created
FROZEN = 30.0  # seconds, each engine
CHURN = 120.0  # seconds in which members join and leave


def plan(minutes: float, kills: int, seed: int) -> Plan:
    """The same weather as in the tests, for longer."""
    seconds = minutes * 60
    amounts = {name: max(1, round(rate * seconds)) for name, rate in A_SECOND.items()}
    times = {"seconds": seconds, "frozen": FROZEN, "churn": min(CHURN, seconds), "patience": 180.0}
    return Plan(seed=seed, kills=kills or round(seconds / KILL_EVERY), dropped=DROPPED, **times, **amounts)


async def rage(asked: Plan, home: Path) -> Report:
    """On engines of its own, that end with it."""
    engines = private_engines(home)
    try:
        return await run(asked, engines, home, say=partial(print, flush=True))
    finally:
        await asyncio.to_thread(engines.stop)


def main() -> int:
    """The command: 1 where a check does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=2.7)
    parser.add_argument("--kills", type=int, default=0, help="of services; left out: one in 2.5 s")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--home", type=Path, default=None, help="keep engines' data and logs here")
    parser.add_argument("--out", type=Path, default=Path(".parvis/chaos.json"))
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        report = asyncio.run(rage(plan(asked.minutes, asked.kills, asked.seed), asked.home or Path(folder)))
    write(report, asked.out)
    show(report)
    return 1 if report.failed or report.refused else 0


if __name__ == "__main__":
    sys.exit(main())
