"""What the comparison is worth: one that loses is put in the place of a good service, and it says what is lost."""

from pathlib import Path

import pytest

from parvis.engines.local import LocalEngines
from tests.chaos.plan import Plan
from tests.chaos.report import show
from tests.chaos.run import run

UNASKED = ("posted once", "answered once", "told", "settled")  # where nothing is posted, answered or told
CARELESS = {"moderation": ("tests.chaos.careless", "services.moderation.app")}


@pytest.mark.timeout(400)
async def test_the_comparison_finds_what_a_careless_service_loses(private: LocalEngines, home: Path) -> None:
    """Where moderation commits before it has handled, a few kills lose comments, and the comparison says which."""
    plan = Plan(
        seconds=8, brands=2, interactions=2_000, mentions=0, posts=0, replies=0, decisions=0, edits=0, deletions=0,
        duplicates=0, kills=3, victims=("moderation",), relentless=True, patience=40, broken=("judged", *UNASKED),
    )  # fmt: skip
    report = await run(plan, private, home, instead=CARELESS)
    show(report)
    found = {check.name: check for check in report.checks}
    assert "has no verdict" in "".join(found["judged"].wrong)
    assert found["in the inbox"].holds, "who was careful has lost nothing"
