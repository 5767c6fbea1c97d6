"""Insights: how much is said, in which mood, how soon it is answered, where and by whom; any period, also as CSV."""

import csv
import io
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from services.console.domain.reports import Period, guarded, stretches, whole
from services.console.pages import insights_view as view
from services.console.shell import surroundings
from services.console.visits import Visit, Visiting

router = APIRouter(include_in_schema=False)
SECTION = "insights"
PRESETS = (1, 7, 28, 90)
LOUDEST, MOST_PRESENT = 8, 8
COLUMNS = ("said", "backfilled", "own", "edited", "deleted", "judged")
MOODS = ("positive", "neutral", "negative")
ANSWERS = ("answered", "answer_seconds")


@router.get("/{scope}/insights")
async def insights_page(scope: str, here: Visiting) -> Response:
    """The page of a period."""
    return here.console.pages.html("insights/page.html", await _values(here, scope))


@router.get("/{scope}/insights/now")
async def insights_now(scope: str, here: Visiting) -> Response:
    """The slabs again, after a doorbell."""
    return here.console.pages.html("insights/slabs.html", await _values(here, scope))


@router.get("/{scope}/insights.csv")
async def insights_table(scope: str, here: Visiting) -> Response:
    """Every hour of every channel of the period, as CSV."""
    values = await surroundings(here, scope, SECTION)
    period, brands = _period(here, values), here.brands(scope)
    names = {channel["_id"]: channel["name"] for channel in await here.console.directory.channels(brands)}
    hours = await here.console.series.between(brands, period.begin, period.end)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("brand", "network", "channel", "hour", *COLUMNS, *MOODS, *ANSWERS))
    for hour in hours:
        brand, channel = values["shell"].tile(hour["brand_id"]).name, names.get(hour["channel_id"], "")
        about = (guarded(brand), guarded(hour["network"]), guarded(channel), hour["hour"].isoformat())
        moods = [hour["moods"].get(mood, 0) for mood in MOODS]
        writer.writerow((*about, *(hour[name] for name in COLUMNS), *moods, *(hour[name] for name in ANSWERS)))
    name = f"parvis-{period.first.isoformat()}-{period.last.isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


async def _values(here: Visit, scope: str) -> dict[str, Any]:
    values, brands, console = await surroundings(here, scope, SECTION), here.brands(scope), here.console
    words, tiles = values["w"], {brand.id: brand for brand in values["shell"].brands}
    period = _period(here, values)
    hours = await console.series.between(brands, period.begin, period.end)
    amounts, total = stretches(hours, period), whole(hours, period)
    names = {channel["_id"]: channel["name"] for channel in await console.directory.channels(brands)}
    threads = await console.threads.loudest(brands, period.begin, period.end, LOUDEST)
    people = await console.people.most_present(brands, period.begin, MOST_PRESENT)
    signals = await console.signals.open(brands)
    return values | {
        "period": period,
        "presets": _presets(values, period, scope),
        "query": f"?from={period.first.isoformat()}&to={period.last.isoformat()}",
        "figures": view.figures(total, words),
        "has_any": bool(hours),
        "charts": {"volume": view.volume(amounts, period, words), "answers": view.answers(amounts, period, words)},
        "threads": view.thread_rows(threads, tiles, names),
        "people": view.people_rows(people, tiles, words),
        "crises": view.crisis_rows(signals, tiles, words, here.now),
    }


def _period(here: Visit, values: Mapping[str, Any]) -> Period:
    asked, zone = here.request.query_params, values["w"].zone
    return Period.read(asked.get("from", ""), asked.get("to", ""), here.now.astimezone(zone).date(), zone)


def _presets(values: Mapping[str, Any], period: Period, scope: str) -> list[Mapping[str, Any]]:
    today = values["now"].astimezone(period.zone).date()
    found: list[Mapping[str, Any]] = []
    for days in PRESETS:
        first = today - timedelta(days=days - 1)
        chosen = (period.first, period.last) == (first, today)
        address = f"/{scope}/insights?from={first.isoformat()}&to={today.isoformat()}"
        found.append({"days": days, "address": address, "chosen": chosen})
    return found
