"""Today: what a person should do now in their brands, and what goes out today. The page after sign-in."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_date
from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from services.console.domain import filters
from services.console.domain.filters import Filters
from services.console.pages import calendar_view
from services.console.pages.calendar import reading
from services.console.pages.channel_view import channel_rows
from services.console.pages.insights_view import crisis_rows
from services.console.pages.today_view import MOST, Teller, Waits, needs
from services.console.shell import surroundings
from services.console.visits import Visit, Visiting, zone_of

router = APIRouter(include_in_schema=False)
SECTION = "today"
SOON, NEAR = timedelta(hours=1), timedelta(hours=36)  # of any moment of today, in whatever zone
SHOWN = 40


@router.get("/")
async def front(here: Visiting) -> Response:
    """The day begins with what waits; an operator without brands begins in operations."""
    if not here.person.brands and here.person.may_operate():
        return RedirectResponse("/all/operations", status_code=303)
    return RedirectResponse("/all/today", status_code=303)


@router.get("/{scope}/today")
async def today_page(scope: str, here: Visiting) -> Response:
    """All that waits, the most pressing first."""
    return here.console.pages.html("today/page.html", await _values(here, scope))


@router.get("/{scope}/today/now")
async def today_again(scope: str, here: Visiting) -> Response:
    """The slabs again, after a doorbell."""
    return here.console.pages.html("today/slabs.html", await _values(here, scope))


async def _values(here: Visit, scope: str) -> dict[str, Any]:
    values = await surroundings(here, scope, SECTION)
    shell, words = values["shell"], values["w"]
    ids = [brand.id for brand in shell.brands if brand.id in here.brands(scope)]
    shown = [brand for brand in shell.brands if brand.id in ids]
    tiles = {brand.id: brand for brand in shown}
    day = format_date(here.now.astimezone(words.zone).date(), "EEEE d MMMM", locale=words.language)
    signals = await here.console.signals.open(ids)
    lines = needs(await _waits(here, ids, tiles, words), Teller(shell, shown, words, here.now))
    return values | {
        "needs": lines,
        "crises": crisis_rows(signals, tiles, words, here.now),
        "day": f"{day[:1].upper()}{day[1:]}, {words.clock(here.now)}",
        "brand_count": len(shown),
        "due": await _due(here, scope, values, ids),
        "may_compose": any(here.person.may("compose", brand_id) for brand_id in ids),
    }


async def _waits(here: Visit, ids: list[str], tiles: Mapping[str, Any], words: Any) -> Waits:
    console, now, person = here.console, here.now, here.person
    late = await console.inbox.page(ids, Filters(queue=filters.LATE), person=person.member_id, now=now, limit=1)
    channels = await console.directory.channels(ids)
    return Waits(
        oldest=late[0] if late else None,
        soon=await console.inbox.count_due(ids, now, now + SOON),
        cases=await console.inbox.case_sums(ids, now),
        posts=await console.posts.needing_people(ids, MOST),
        going_out=await console.posts.in_state(ids, "going_out", MOST),
        waiting=await console.posts.in_state(ids, "waiting", MOST),
        replies=await console.inbox.stranded(ids, MOST),
        channels=channel_rows(channels, await console.measures.of(ids), tiles, words, now),
        paused=await console.campaigns.paused(ids, MOST),
        approvers=frozenset(one for one in ids if person.may("approve", one)),
        me=person.member_id,
    )


async def _due(here: Visit, scope: str, values: Mapping[str, Any], ids: list[str]) -> list[Mapping[str, Any]]:
    """What goes out today on its brand's clock, or has; each with whether its time has passed."""
    shell, words = values["shell"], values["w"]
    found = await here.console.posts.between(ids, here.now - NEAR, here.now + NEAR, limit=10 * SHOWN)
    docs = [post for post in found if _is_today(post["due_at"], here, shell.tile(post["brand_id"]).timezone)]
    holds = [row for row in await here.console.holds.held(ids) if "posts" in row["shut"]]
    shown = [brand for brand in shell.brands if brand.id in ids]
    by = await reading(here, scope, words, shown, docs, holds)
    return [
        {"chip": calendar_view.chip(post, shell.tile(post["brand_id"]), by), "passed": post["due_at"] <= here.now}
        for post in docs[:SHOWN]
    ]


def _is_today(moment: datetime, here: Visit, timezone: str) -> bool:
    zone = zone_of(timezone)
    return moment.astimezone(zone).date() == here.now.astimezone(zone).date()
