"""Outward calls under way: a slow network must not keep the others waiting, nor take more than its share."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

import structlog

from shared.bell import Bell

log = structlog.get_logger()

Line = tuple[str, str]  # network and channel


@dataclass(frozen=True, slots=True)
class Full:
    """What has no room now: `all` of it, or some networks and channels."""

    all: bool
    networks: Sequence[str]
    channels: Sequence[str]


class InFlight:
    """At most `at_once` calls in all, half of them on one network, and `per_channel` on one channel.

    Whoever spawns asks for `room` first. `ended` rings whenever a call has, and when a line that was shut opens: there
    is room again, long before the clock would look.
    """

    def __init__(self, at_once: int, per_channel: int) -> None:
        self._at_once = at_once
        self._per_network = max(1, at_once // 2)
        self._per_channel = per_channel
        self._tasks: dict[asyncio.Task[None], Line] = {}
        self._shut = Counter[str]()  # as if so many calls of the channel were under way
        self.ended = Bell()

    @classmethod
    @asynccontextmanager
    async def open(cls, at_once: int, per_channel: int, drain: float = 20.0) -> AsyncIterator[Self]:
        """Waits at the end for the calls under way, `drain` seconds at most; what is cut then is unknown."""
        calls = cls(at_once, per_channel)
        try:
            yield calls
        finally:
            if calls._tasks:
                await asyncio.wait(calls._tasks, timeout=drain)

    def full(self) -> Full:
        """Where no further call fits: not worth being read from the store."""
        networks = Counter(network for network, _ in self._tasks.values())
        channels = Counter(channel for _, channel in self._tasks.values()) + self._shut
        return Full(
            len(self._tasks) >= self._at_once,
            [network for network, busy in networks.items() if busy >= self._per_network],
            [channel for channel, busy in channels.items() if busy >= self._per_channel],
        )

    def room(self, wanted: Sequence[Line]) -> list[bool]:
        """For each wanted call, in order, whether there is room for it."""
        networks = Counter(network for network, _ in self._tasks.values())
        channels = Counter(channel for _, channel in self._tasks.values()) + self._shut
        left = self._at_once - len(self._tasks)
        answers = []
        for network, channel in wanted:
            fits = left > 0 and networks[network] < self._per_network and channels[channel] < self._per_channel
            if fits:
                networks[network] += 1
                channels[channel] += 1
                left -= 1
            answers.append(fits)
        return answers

    def spawn(self, line: Line, call: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Start a call; an error in it is logged, and its work is found again by its lease."""
        task = asyncio.create_task(call)
        self._tasks[task] = line
        task.add_done_callback(self._ended)
        return task

    def shut(self, line: Line, seconds: float) -> None:
        """No further call of this channel for so long: what its network told one call is meant for all of them.

        A channel that is shut more than once opens when the last of these times is over.
        """
        self._shut[line[1]] += self._per_channel
        asyncio.get_running_loop().call_later(seconds, self.reopen, line)

    def reopen(self, line: Line) -> None:
        """One time for which the channel was shut is over."""
        self._shut[line[1]] -= self._per_channel
        self.ended.ring()

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._tasks[task]
        self.ended.ring()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("outward_call_broke", exc_info=error)
