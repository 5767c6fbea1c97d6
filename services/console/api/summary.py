"""`GET /api/v1/summary`: what happened, brand by brand and in all."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter

from services.console.api import examples
from services.console.api.access import Operator
from services.console.resources import Console
from shared.commands import answers
from shared.problems import responses

router = APIRouter(prefix="/api/v1", tags=["summary"], dependencies=[Operator], responses=responses(401))
DAY = timedelta(hours=24)
WORDS = ("came_in", "judged", "hidden", "answered", "held_for_a_person", "published", "failed", "unsettled")


@router.get("/summary", responses=answers(200, examples.SUMMARY, "Brand by brand, and in all"))
async def summary(console: Console, agency_id: str = "") -> dict[str, Any]:
    """From the read models: came in, judged, hidden, answered, held for a person, published, failed, unsettled.

    `last_24_hours` is from insights' hours, by the hour in which it was said.
    """
    names = await console.directory.brand_names(agency_id)
    items = await console.inbox.sums(list(names))
    posts = await console.posts.sums(list(names))
    counted = await console.series.since(list(names), console.floor.clock() - DAY)
    brands: dict[str, dict[str, Any]] = {
        brand_id: {"name": name, **_sums(brand_id, items, posts), "last_24_hours": counted.get(brand_id, {})}
        for brand_id, name in names.items()
    }
    whole = {word: sum(brand[word] for brand in brands.values()) for word in WORDS}
    return {"brands": brands, "all": whole}


def _sums(brand_id: str, *sources: dict[str, dict[str, Any]]) -> dict[str, int]:
    return {word: sum(int(source.get(brand_id, {}).get(word, 0)) for source in sources) for word in WORDS}
