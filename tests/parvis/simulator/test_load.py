"""A load is prepared before the clock starts, sent fast, and every change of it is told and kept."""

import time

from parvis.simulator.remote import Simulator
from tests.parvis.simulator.callback import Callback, eventually
from tests.parvis.simulator.conftest import new_page


async def run_load(simulator: Simulator, pages: list[str], count: int, **more: float) -> dict[str, float]:
    """Until every webhook is answered."""
    load = await simulator.load(pages, count, **more)

    async def over() -> dict[str, float] | None:
        state = await simulator.load_state(load["id"])
        return state if state["done"] and not await simulator.unanswered() else None

    state = await eventually(over, within=60)
    assert state is not None
    return state


async def test_five_thousand_comments_are_each_told_once(simulator: Simulator, hook: Callback) -> None:
    """What is on the walls, in the ledger and in the webhooks are the same set; ten changes a call."""
    pages = [await new_page(simulator, hook, "app-load") for _ in range(20)]
    for page in pages:
        await simulator.post(page, "Bonjour")
    began = time.monotonic()
    state = await run_load(simulator, [page["id"] for page in pages], 5000, per_call=10)
    took = time.monotonic() - began
    told = [value["comment_id"] for _, value in hook.changes() if "comment_id" in value]
    things = [one for page in pages for one in await simulator.things(page)]
    assert sorted(told) == sorted(one["id"] for one in things if one["parent_id"])
    assert len(told) == len(set(told)) == state["sent"] == 5000
    assert 5000 / took > 300  # an idle machine does fifty times that; others may be at work here


async def test_a_load_keeps_its_rate(simulator: Simulator, hook: Callback) -> None:
    """At 400 a second, 200 comments take half a second, not less."""
    page = await new_page(simulator, hook)
    await simulator.post(page, "Bonjour")
    state = await run_load(simulator, [page["id"]], 200, per_call=5, rate=400)
    assert state["send_seconds"] > 0.4
    assert state["sent"] == 200
