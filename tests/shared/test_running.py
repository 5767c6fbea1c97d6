"""The order in which a service begins: what a restore made it forget comes before everything else."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from shared.errors import Unavailable
from shared.running import Running


class Forgotten:
    """A recall that is due or not, and ends when a story lets it; the engine is away at first."""

    def __init__(self, *, due: bool) -> None:
        self.due, self.asked, self.may_end = due, 0, asyncio.Event()

    async def is_due(self) -> bool:
        self.asked += 1
        if self.asked == 1:
            raise Unavailable("mongo")
        return self.due

    async def once(self, *_: Any) -> None:
        await self.may_end.wait()


class Clockwork:
    """A loop that notes that it runs."""

    name, stuck = "tick", ""

    def __init__(self) -> None:
        self.runs = asyncio.Event()

    async def run(self, _: Any) -> None:
        self.runs.set()

    def stop(self) -> None:
        """Nothing is under way."""


def floor() -> Any:
    """What a service stands on, as far as beginning needs it."""

    async def at_once(*_: Any) -> None:
        return None

    return SimpleNamespace(
        relay=SimpleNamespace(run=at_once, stop=at_once),
        database=SimpleNamespace(ensure_indexes=at_once),
        directory=SimpleNamespace(caught_up=at_once),
        settings=SimpleNamespace(kafka="unused", drain_seconds=1.0),
        stopping=asyncio.Event(),
    )


@pytest.mark.parametrize("due", [True, False])
async def test_what_was_forgotten_comes_first(monkeypatch: pytest.MonkeyPatch, *, due: bool) -> None:
    """Until it is known whether anything was, and then until it is known again; the loops wait for it too."""
    monkeypatch.setattr("shared.running.AGAIN_SECONDS", 0.01)
    forgotten, clockwork = Forgotten(due=due), Clockwork()
    running = Running(floor(), [], [clockwork], [forgotten])  # type: ignore[list-item]
    assert running.remembers.is_set()
    async with asyncio.timeout(30), running.life():
        assert not running.remembers.is_set()
        if due:
            while forgotten.asked < 2:  # noqa: ASYNC110 - it has no event of its own
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)
            assert (running.remembers.is_set(), clockwork.runs.is_set()) == (False, False)
            forgotten.may_end.set()
        await clockwork.runs.wait()
        assert running.remembers.is_set()
