"""What became of wishes, written together: what ends while a transaction is under way goes with the next one."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.publisher.store.wishes import Wish, Wishes
from shared.bus.envelope import Outgoing
from shared.epochs import Epochs
from shared.errors import DeadlinePassed, Unavailable
from shared.events.event import BrandEvent
from shared.mongo.transactions import Transaction
from shared.service import Floor

AT_ONCE = 100
Told = Callable[[Wish, Mapping[str, Any]], BrandEvent]


@dataclass(slots=True, eq=False)
class Ending:
    """A claimed wish, the state in which its work left it, and the fact that tells it."""

    wish: Wish
    state: str
    fact: Told
    changes: Mapping[str, Any]
    closed: bool = False
    error: Exception | None = None


class Endings:
    """One per process. Each ending stands by itself: what cannot be written keeps none of the others."""

    def __init__(self, floor: Floor, wishes: Wishes, epochs: Epochs) -> None:
        self._floor = floor
        self._wishes = wishes
        self._epochs = epochs
        self._waiting: list[Ending] = []
        self._writing = asyncio.Lock()

    async def write(self, wish: Wish, state: str, fact: Told, **changes: Any) -> None:
        """Returns once the wish's state and the fact are stored; nothing is where a newer wish, or another worker,
        came meanwhile. `fact` is given the wish as it is then, with time and epoch. Raises what writing raised."""
        one = Ending(wish, state, fact, changes)
        self._waiting.append(one)
        async with self._writing:
            if not one.closed:
                await self._together(self._waiting[:AT_ONCE])
        if one.error is not None:
            raise one.error

    async def _together(self, first: Sequence[Ending]) -> None:
        """The first that wait, in one transaction; where it fails by their own fault, in one each."""
        try:
            await self._write(first)
        except (Unavailable, DeadlinePassed) as away:
            self._close(first, away)
        except Exception as error:  # one of them may be at fault
            if len(first) == 1:
                self._close(first, error)
                return
            for one in first:
                await self._together([one])
        else:
            self._close(first, None)

    async def _write(self, ended: Sequence[Ending]) -> None:
        now = self._floor.clock()
        told = {"at": now, "epoch": (await self._epochs.current()).value}

        async def work(tx: Transaction) -> None:
            results = await self._wishes.conclude([(one.wish, one.state, one.changes) for one in ended], tx=tx)
            for one, after in zip(ended, results, strict=True):
                if after is not None:
                    tx.emit(Outgoing.first(one.fact(after, told), now=now, traceparent=one.wish["trace"]))

        await self._floor.database.transact(work)

    def _close(self, first: Sequence[Ending], error: Exception | None) -> None:
        del self._waiting[: len(first)]
        for one in first:
            one.closed, one.error = True, error
