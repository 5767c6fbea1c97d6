"""What the simulator says that it committed is there after `kill -9`, or no ledger could be trusted."""

import asyncio
from pathlib import Path

from parvis.simulator.launch import running
from tests.parvis.simulator.callback import Callback, callback
from tests.parvis.simulator.conftest import new_page


async def test_nothing_committed_is_lost_by_a_kill(data: Path) -> None:
    """Comments acknowledged while it was killed in mid-work stand on the wall after a restart."""
    acknowledged: list[str] = []
    enough = asyncio.Event()
    async with running(data) as simulator:
        page = await simulator.account("facebook", "Kerlann")
        fault = await simulator.fault("rate_limit", page["id"])

        async def talk() -> None:
            while True:
                said = await simulator.comment(page, f"Question {len(acknowledged)}")
                acknowledged.append(said["id"])
                if len(acknowledged) == 100:
                    enough.set()

        talking = asyncio.create_task(talk())
        await enough.wait()
        assert simulator.process is not None
        simulator.process.kill()
        await asyncio.gather(talking, return_exceptions=True)
    async with running(data) as simulator:
        there = {one["id"] for one in await simulator.things(page)}
        assert set(acknowledged) <= there
        created = [one["subject"] for one in await simulator.ledger("create", page["id"])]
        assert sorted(created) == sorted(there)
        assert fault["id"] in [one["id"] for one in (await simulator.faults())["faults"]]


async def test_unanswered_webhooks_go_out_after_a_restart(data: Path) -> None:
    """A change committed while the callback was down is told by the next process."""
    async with callback() as hook:
        hook.statuses = [503] * 1000
        async with running(data) as simulator:
            page = await new_page(simulator, hook)
            said = await simulator.comment(page, "Bonjour")
            await hook.until(lambda: hook.calls)
            assert simulator.process is not None
            simulator.process.kill()
            await simulator.process.wait()
        hook.statuses.clear()
        hook.calls.clear()
        async with running(data):
            await hook.until(lambda: told(hook, said["id"]))


def told(hook: Callback, comment_id: str) -> bool:
    return any(value.get("comment_id") == comment_id for _, value in hook.changes())
