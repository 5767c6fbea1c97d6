"""Everything is killed while 5,000 comments come in and 200 posts go out: nothing is lost, nothing happens twice."""

from pathlib import Path
from statistics import median

import pytest

from parvis.engines.local import LocalEngines
from tests.chaos.plan import ENGINES, Plan
from tests.chaos.report import show
from tests.chaos.run import run

# Seconds until a killed service handles messages again, as a rule and at worst, on cores that the storm, its
# generator, both engines and every restart share; each one's without a storm is a story of its own.
USUAL = 5.0
LATE = 20.0
KILLED = 20
MEASURED = 8  # deaths at least in which no engine was away, so that the time is the service's own


@pytest.mark.timeout(600)
async def test_nothing_is_lost_and_nothing_happens_twice(private: LocalEngines, home: Path) -> None:
    """20 services are killed, the broker once, the database once: the networks, the inbox and the streams agree."""
    report = await run(Plan(kills=KILLED), private, home)
    show(report)
    assert [str(check) for check in report.failed] == []
    assert report.refused == []
    services = [death for death in report.deaths if death.victim not in ENGINES]
    assert len(services) == KILLED
    assert {death.victim for death in report.deaths} >= set(ENGINES)
    assert sum(not death.without for death in services) >= MEASURED
    assert median(death.recovered or LATE for death in services if not death.without) <= USUAL
    assert report.slowest <= LATE
