"""Brings parked messages back through their handler when their time has come."""

from collections.abc import Mapping
from typing import Any

from shared.bus.careful import CRASHES
from shared.bus.handler import Handler
from shared.bus.parking import message_of
from shared.bus.pipeline import STEPS, park, pipeline
from shared.bus.progress import Superseded
from shared.bus.work import Surroundings, Undecodable, Work
from shared.errors import Reject, Unavailable


class Retrying:
    """The pipeline without its step `park`: the row is there already."""

    def __init__(self, around: Surroundings, handlers: Mapping[str, Handler]) -> None:
        self._around = around
        self._handlers = handlers
        self._run = pipeline(around, [step for step in STEPS if step is not park])
        self._kept: list[dict[str, Any]] = []  # claimed, and not given back while an engine was away
        self.stopped = False

    async def run_due(self) -> int:
        """Tries every row that is due; how many. Raises `Unavailable`."""
        await self._give_back()
        tried = 0
        while not self.stopped:
            row = await self._around.parking.claim(self._around.brake.pulled)
            if row is None:
                break
            await self._try(row)
            tried += 1
        return tried

    async def _try(self, row: dict[str, Any]) -> None:
        message, parking = message_of(row), self._around.parking
        try:
            handler = self._handlers.get(message.type)
            if handler is None:
                raise Reject("nothing here handles it")
            if row["unended"] >= CRASHES:
                raise Reject("the process ended three times while it was handled")
            await self._run(Work(handler, [message], row=row))
        except Unavailable:
            self._kept.append(row)
            await self._give_back()
            raise
        except Undecodable as undecodable:
            await parking.again(row, undecodable.found[0][1])
        except Superseded:
            await parking.postpone(row)
        except Exception as error:  # whatever a handler raises is the row's own failure
            await parking.again(row, error)

    async def _give_back(self) -> None:
        """An outage accuses no message: whoever claims it next is not to believe that a process ended over it."""
        while self._kept:
            await self._around.parking.postpone(self._kept[-1])
            self._kept.pop()
