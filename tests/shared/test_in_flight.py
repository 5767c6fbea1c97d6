"""Outward calls under way: each network and channel has its share, and no more."""

import asyncio

from shared.in_flight import InFlight


async def wait(gate: asyncio.Event) -> None:
    await gate.wait()


async def test_a_network_takes_at_most_half_and_a_channel_its_share() -> None:
    """Eight at once: four on one network, two on one channel; the other network still finds room."""
    gate = asyncio.Event()
    async with InFlight.open(8, 2) as calls:
        wanted = [("slow", f"c{n // 3}") for n in range(12)] + [("quick", "q")]
        room = calls.room(wanted)
        assert room == [True, True, False] * 2 + [False] * 6 + [True]
        for line, fits in zip(wanted, room, strict=True):
            if fits:
                calls.spawn(line, wait(gate))
        full = calls.full()
        assert (full.all, full.networks, sorted(full.channels)) == (False, ["slow"], ["c0", "c1"])
        gate.set()


async def test_all_are_waited_for_at_the_end_but_not_for_ever() -> None:
    """A process that ends gives its calls a while; what is cut then is found again by its lease."""
    done: list[str] = []

    async def call() -> None:
        await asyncio.sleep(0.05)
        done.append("done")

    never = asyncio.Event()
    async with InFlight.open(4, 4, drain=0.2) as calls:
        calls.spawn(("n", "c"), call())
        calls.spawn(("n", "c"), wait(never))
    assert done == ["done"]
    never.set()
    await asyncio.sleep(0)


async def test_a_call_that_breaks_frees_its_room() -> None:
    """The error is logged; the next one may go."""

    async def broken() -> None:
        raise KeyError("data")

    async with InFlight.open(2, 1) as calls:
        calls.spawn(("n", "c"), broken())
        assert calls.room([("n", "c")]) == [False]
        await asyncio.sleep(0.01)
        assert calls.room([("n", "c")]) == [True]


async def test_who_waits_for_room_is_told_when_a_call_has_ended() -> None:
    """The listener hears of each end, when there is room already."""
    async with InFlight.open(at_once=2, per_channel=1) as calls:
        rooms: list[bool] = []
        calls.ended.listen(lambda: rooms.extend(calls.room([("net", "one")])))
        calls.spawn(("net", "one"), asyncio.sleep(0))
        assert calls.room([("net", "one")]) == [False]
        await asyncio.sleep(0.01)
        assert rooms == [True]


async def test_a_channel_that_is_shut_has_no_room_until_each_of_its_times_is_over() -> None:
    """Another channel of the network goes on; whoever waits for room is told when it opens."""
    line = ("net", "one")
    async with InFlight.open(8, 2) as calls:
        opened: list[list[bool]] = []
        calls.ended.listen(lambda: opened.append(calls.room([line])))
        calls.shut(line, 3600)
        calls.shut(line, 3600)
        assert (calls.room([line, ("net", "two")]), calls.full().channels) == ([False, True], ["one"])
        calls.reopen(line)
        calls.reopen(line)
        assert opened == [[False], [True]]
        assert calls.full().channels == []


async def test_a_channel_that_was_shut_opens_by_the_clock() -> None:
    """Nobody has to open it."""
    async with InFlight.open(8, 2) as calls:
        opened = asyncio.Event()
        calls.ended.listen(opened.set)
        calls.shut(("net", "one"), 0.01)
        assert calls.room([("net", "one")]) == [False]
        await asyncio.wait_for(opened.wait(), 10)
        assert calls.room([("net", "one")]) == [True]
