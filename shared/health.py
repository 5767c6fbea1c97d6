"""Alive, ready, and what an operator wants to know: `/livez`, `/readyz`, `/metrics`, `/ops`."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from shared.bus import parking
from shared.bus.consumer import Consumer
from shared.errors import ParvisError
from shared.running import Running

if TYPE_CHECKING:
    from shared.service import Floor

CHECK_SECONDS = 2.0
SILENT_MS = 15_000  # a replica that was silent for so long is gone, and its partitions are another's
OK = "ok"
PASSED_ON = frozenset({"forwarded", "x-forwarded-for"})
Check = Callable[[], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class ReadyCheck:
    """A named condition of readiness; `check` answers None when it holds, else why not."""

    name: str
    check: Check


class Health:
    """What the probes answer with."""

    def __init__(self, floor: "Floor", running: Running, checks: Sequence[ReadyCheck]) -> None:
        self._floor = floor
        self._running = running
        self._started_at: datetime = floor.clock()
        self._began = time.monotonic()
        self._checks = (ReadyCheck("mongo", self._mongo), *checks)
        self._parked = parking.collection(floor.database)
        self._epochs = floor.database.system("epochs")
        self._runs = floor.database.system("runs")

    def routes(self) -> APIRouter:
        """The four of them, for who asks directly; `/livez` touches neither Kafka nor MongoDB.

        A brake keeps nobody from being asked: commands, pages and its own release come in here.
        """
        router = APIRouter(include_in_schema=False, dependencies=[Depends(_from_inside)])

        @router.get("/livez")
        async def livez() -> Response:
            why = self._running.why_not_alive()
            return JSONResponse({"alive": not why, "why": why}, 503 if why else 200)

        @router.get("/readyz")
        async def readyz() -> Response:
            checks = await self.readiness()
            # nobody would be left to be asked, nor to say what is the matter
            excused = {_name(one) for one in self._running.consumers if one.stopped_with_all}
            ready = _all_hold({name: answer for name, answer in checks.items() if name not in excused})
            return JSONResponse({"ready": ready, "checks": checks}, 200 if ready else 503)

        @router.get("/metrics")
        async def prometheus() -> Response:
            return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

        @router.get("/ops")
        async def ops() -> Response:
            return JSONResponse(await self.report())

        return router

    async def readiness(self) -> dict[str, str]:
        """Each named condition: `ok`, or why it does not hold."""
        directory = OK if self._floor.directory.is_caught_up else "not read to its end yet"
        named = {"serving": "draining" if self._running.draining else OK, "directory": directory}
        for consumer in self._running.consumers:
            named[_name(consumer)] = OK if consumer.ready else consumer.reason or "not assigned"
        answers = await asyncio.gather(*(_answer(one.check) for one in self._checks))
        return named | dict(zip((one.name for one in self._checks), answers, strict=True))

    async def report(self) -> dict[str, Any]:
        """Everything for the operations page; what an engine that is away would tell is null."""
        floor, checks, why = self._floor, await self.readiness(), self._running.why_not_alive()
        return {
            "service": floor.name,
            "instance": floor.settings.instance,
            "version": floor.settings.version,
            "started_at": self._started_at.isoformat(),
            "uptime_seconds": round(time.monotonic() - self._began, 1),
            "alive": not why,
            "why_not_alive": why,
            "ready": _all_hold(checks),
            "checks": checks,
            "consumers": [consumer.stats() for consumer in self._running.consumers],
            "behind": await _told(self._behind()),
            "loops": [loop.stats() for loop in self._running.loops],
            "outbox": await _told(self._outbox()),
            "parked": await _told(self._parked_counts()),
            "epoch": await _told(self._epoch()),
            "directory": {
                "agencies": len(floor.directory.agencies()),
                "brands": len(floor.directory.brands()),
                "channels": len(floor.directory.channels()),
            },
        }

    async def _mongo(self) -> str | None:
        await self._floor.database.probe()
        return None

    async def _outbox(self) -> dict[str, Any]:
        waiting = await self._floor.database.outbox.pending()
        return {"pending": waiting.count, "held": waiting.held, "oldest_seconds": round(waiting.oldest_seconds, 1)}

    async def _parked_counts(self) -> list[dict[str, Any]]:
        states = {"state": {"$in": ["parked", "dead"]}}
        by = {"group": "$group", "topic": "$topic", "state": "$state"}
        rows = await self._parked.aggregate([{"$match": states}, {"$group": {"_id": by, "count": {"$sum": 1}}}])
        counted = [{**row["_id"], "count": row["count"]} for row in rows]
        return sorted(counted, key=lambda row: (row["group"], row["topic"], row["state"]))

    async def _behind(self) -> int:
        """Messages that wait for the service, whichever replica has their partitions."""
        living = {"clean": False, "alive_ms": {"$gt": time.time() * 1000 - SILENT_MS}}
        return sum(int(row.get("behind", 0)) for row in await self._runs.find(living))

    async def _epoch(self) -> int:
        row = await self._epochs.get({"_id": "epoch"})
        return int(row["value"]) if row else 0


def _name(consumer: Consumer) -> str:
    return f"consumer {consumer.group}"


def _all_hold(checks: dict[str, str]) -> bool:
    return all(answer == OK for answer in checks.values())


async def _answer(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check() or OK
    except TimeoutError:
        return f"no answer in {CHECK_SECONDS:g} s"
    except ParvisError as error:
        return str(error)


async def _told(question: Awaitable[Any]) -> Any:
    try:
        return await question
    except ParvisError:
        return None


def _from_inside(request: Request) -> None:
    """What a proxy passes on comes from outside: probes, Prometheus and console ask directly."""
    if PASSED_ON & set(request.headers):
        raise HTTPException(404)
