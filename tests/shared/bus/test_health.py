"""Who is alive is judged by progress; who has a known reason to stand still is left alone."""

import asyncio
from typing import Any

import pytest

from shared.bus.careful import Room
from shared.bus.health import Health, judge

WELL: dict[str, Any] = {"unassigned": None, "away": "", "braked": (), "lag": 0, "stalled": 0.0}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, Health(alive=True, ready=True)),
        ({"stalled": 1000.0}, Health(alive=True, ready=True)),
        ({"lag": 5, "stalled": 59.0}, Health(alive=True, ready=True)),
        ({"lag": 5, "stalled": 61.0}, Health(alive=False, ready=False, reason="no advance for 61 s, 5 behind")),
        ({"unassigned": 5.0}, Health(alive=True, ready=False, reason="no assignment")),
        ({"unassigned": 91.0}, Health(alive=False, ready=False, reason="no assignment")),
        (
            {"unassigned": 91.0, "away": "kafka"},
            Health(alive=True, ready=False, reason="kafka is away"),
        ),
        (
            {"lag": 5, "stalled": 500.0, "away": "mongo"},
            Health(alive=True, ready=False, reason="mongo is away"),
        ),
        (
            {"lag": 5, "stalled": 500.0, "braked": {"a.v1"}},
            Health(alive=True, ready=False, reason="braked: a.v1"),
        ),
        ({"away": "fault: X", "stalled": 61.0}, Health(alive=False, ready=False, reason="fault: X")),
    ],
)
def test_a_stall_needs_a_reason(changed: dict[str, Any], expected: Health) -> None:
    """With lag and no advance for a minute, or no assignment for 90 s, the process should be replaced."""
    assert judge(**(WELL | changed)) == expected


async def test_one_alone_waits_for_the_others_and_they_for_it() -> None:
    """A suspect is handled with nothing else in work in the whole process, and is not starved by newcomers."""
    room, inside = Room(), 0
    log: list[str] = []

    async def visit(name: str, *, alone: bool) -> None:
        nonlocal inside
        async with room.entered(alone=alone):
            inside += 1
            assert not (alone and inside > 1)
            log.append(name)
            await asyncio.sleep(0.01)
            assert not (alone and inside > 1)
            inside -= 1

    first = [asyncio.create_task(visit("many", alone=False)) for _ in range(3)]
    await asyncio.sleep(0)
    suspect = asyncio.create_task(visit("one", alone=True))
    await asyncio.sleep(0)
    later = [asyncio.create_task(visit("late", alone=False)) for _ in range(3)]
    await asyncio.gather(*first, suspect, *later)
    assert log == ["many"] * 3 + ["one"] + ["late"] * 3


async def test_who_no_longer_wants_to_be_alone_keeps_nobody_out() -> None:
    """Ended while it waits for those inside: newcomers go in at once, though the others stay."""
    room, leaves = Room(), asyncio.Event()

    async def stays() -> None:
        async with room.entered(alone=False):
            await leaves.wait()

    async def alone() -> None:
        async with room.entered(alone=True):
            raise AssertionError("somebody was inside")

    inside, wants = asyncio.create_task(stays()), asyncio.create_task(alone())
    newcomer = asyncio.create_task(stays())
    for _ in range(5):
        await asyncio.sleep(0)
    assert room._together == 1
    wants.cancel()
    async with asyncio.timeout(10):
        while room._together < 2:  # noqa: ASYNC110 - the room has no event for it
            await asyncio.sleep(0.01)
    leaves.set()
    await asyncio.gather(inside, newcomer)
