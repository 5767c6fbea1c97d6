"""One brand at a hundred times the others for a minute: how long the others' interactions take meanwhile."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from bench.end_to_end import JUDGED, SETTLED, seed
from bench.figure import Figure
from parvis.platform import Platform
from shared.mongo.client import Mongo

QUIET = 20
EACH = 0.25  # a second, of a quiet brand
TIMES = 100
CALM_SECONDS, STORM_SECONDS = 30, 60
PATIENCE = 300.0
LIMIT = 2.0


async def noisy(platform: Platform, mongo_uri: str) -> list[Figure]:
    """The quiet brands' p99 dwell in the storm beside the same brands' calm one."""
    quiet, loud = await seed(platform, QUIET, limited=True), await seed(platform, 1, limited=True)
    brands, pages = [brand for brand, _ in quiet], [page for _, page in quiet]
    await asyncio.sleep(SETTLED)
    async with Mongo.open(mongo_uri) as mongo:
        inbox = mongo.database("parvis_console").brand("interactions")
        rate = QUIET * EACH
        await platform.simulator.load(pages, int(rate * (CALM_SECONDS + STORM_SECONDS)), per_call=1, rate=rate)
        await asyncio.sleep(CALM_SECONDS)
        storm_from = await mongo.database("parvis_console").now()
        count = int(EACH * TIMES * STORM_SECONDS)
        await platform.simulator.load([loud[0][1]], count, per_call=10, rate=EACH * TIMES)
        await asyncio.sleep(STORM_SECONDS)
        rows = await _judged(inbox, brands, int(rate * (CALM_SECONDS + STORM_SECONDS)))
    calm = _p99(row for row in rows if row["seen_at"] < storm_from - timedelta(seconds=5))
    storm = _p99(row for row in rows if storm_from < row["seen_at"] < storm_from + timedelta(seconds=STORM_SECONDS))
    return [
        Figure("dwell_p99 quiet brands, calm", calm, "ms", "target p99", 2000.0),
        Figure(f"dwell_p99 quiet brands, one brand at {TIMES} ×", storm, "ms", "calm", calm),
        Figure("dwell_p99 storm over calm", storm / calm, "×", "limit", LIMIT),
    ]


async def _judged(inbox: Any, brands: list[str], count: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(PATIENCE):
        while await inbox.count({"brand_id": {"$in": brands}} | JUDGED) < count:  # noqa: ASYNC110 - others work
            await asyncio.sleep(0.5)
    wanted = {"brand_id": {"$in": brands}, "author_is_brand": {"$ne": True}}
    found: list[dict[str, Any]] = await inbox.find(wanted, projection={"seen_at": 1, "updated_at": 1})
    return found


def _p99(rows: Any) -> float:
    dwells = sorted((_dwell(row["seen_at"], row["updated_at"])) for row in rows)
    return dwells[int(len(dwells) * 0.99)] * 1000


def _dwell(seen: datetime, updated: datetime) -> float:
    return (updated - seen).total_seconds()
