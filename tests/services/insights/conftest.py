"""Insights on real engines: its own databases and groups, turned by hand or run as a process that can be killed."""

import asyncio
import os
import sys
import time
from asyncio.subprocess import DEVNULL, Process, create_subprocess_exec
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from parvis.engines import ports
from services.insights.app import Resources, furnish
from services.insights.settings import Settings
from services.insights.store.sums import Sums
from shared.bus import groups
from shared.bus.envelope import Outgoing
from shared.bus.progress import Progress
from shared.events.event import Event
from shared.events.topics import ACTIONS, INTERACTIONS, VERDICTS
from shared.keys import create
from shared.service import open_floor

PATIENCE = 120.0
READ = [topic.name for topic in (INTERACTIONS, VERDICTS, ACTIONS)]


@dataclass
class Insights:
    """One test's own insights."""

    resources: Resources
    env: dict[str, str]

    async def states(self, events: Sequence[Event]) -> None:
        """Acknowledged by Kafka when it returns."""
        await self.resources.floor.producer.send([Outgoing.first(event, now=datetime.now(UTC)) for event in events])

    async def amounts(self, brand: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Hours and people of the brand as the database sums them."""
        return await self._sums("hours", brand), await self._sums("people", brand)

    async def known(self, brand: str) -> int:
        """How many interactions of the brand are remembered."""
        return await self.resources.floor.database.brand("interactions").count({"brand_id": brand})

    async def reads_from_here(self) -> None:
        """What other stories have said so far is not counted by its processes."""
        floor, kafka = self.resources.floor, self.env["PARVIS_KAFKA"]
        ends = {place: end for place, (_, end) in (await groups.bounds(kafka, READ)).items()}
        group = f"{self.env['PARVIS_GROUP_PREFIX']}insights"
        await Progress(floor.database, group).place(await groups.cluster(kafka), ends, ends)

    async def reads_all(self) -> None:
        """Waits until nothing is left to read: the offsets in `progress` are at the ends."""
        rows = self.resources.floor.database.system("progress")

        async def still() -> bool:
            before = {row["_id"]: row["offset"] for row in await rows.find({})}
            await asyncio.sleep(1.5)
            return before == {row["_id"]: row["offset"] for row in await rows.find({})}

        await until(still)

    @asynccontextmanager
    async def process(self) -> AsyncIterator[Process]:
        """The service itself; killed at the end, as a power cut would."""
        process = await create_subprocess_exec(
            sys.executable, "-m", "services.insights.app", env=os.environ | self.env, stdout=DEVNULL, stderr=DEVNULL
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def _sums(self, name: str, brand: str) -> dict[str, Any]:
        database = self.resources.floor.database
        keys = await database.brand(name).distinct("key", {"brand_id": brand})
        found = await Sums(database, name).of([(brand, key) for key in keys])
        return {key: dict(one.words) for key, one in found.items() if one.words}


async def until(true: Callable[[], Awaitable[object]]) -> None:
    """Waits until it is so."""
    ends = time.monotonic() + PATIENCE
    while not await true():
        assert time.monotonic() < ends, "it did not happen"
        await asyncio.sleep(0.05)


@pytest.fixture
async def insights(kafka: str, mongo_uri: str, tmp_path: Path, prefix: str) -> AsyncIterator[Insights]:
    """Without consumers and loops: nothing happens unless a story says so."""
    create(tmp_path)
    mark = f"t{uuid4().hex[:8]}_"
    settings = Settings(kafka=kafka, mongo=mongo_uri, keys_dir=tmp_path, database_prefix=prefix, group_prefix=mark)
    env = {
        "PARVIS_KAFKA": kafka,
        "PARVIS_MONGO": mongo_uri,
        "PARVIS_KEYS_DIR": str(tmp_path),
        "PARVIS_DATABASE_PREFIX": prefix,
        "PARVIS_GROUP_PREFIX": mark,
        "PARVIS_PORT": str(ports.choose(20_000 + int(mark[1:5], 16) % 9_000, fixed=False)),
    }
    async with open_floor(settings, "insights") as floor:
        yield Insights(await furnish(floor, settings), env)
