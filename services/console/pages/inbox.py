"""The inbox: the list of a view, what is new in it, and one conversation."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from services.console.domain.filters import Filters
from services.console.domain.numbers import HIGHEST, whole
from services.console.pages.inbox_view import (
    COUNTED,
    Queue,
    conversation,
    measured,
    own_counts,
    queues,
    reception,
    rows,
)
from services.console.pages.insights_view import crisis_rows
from services.console.pages.thread_view import passage
from services.console.shell import surroundings
from services.console.store import fold
from services.console.store.inbox import PAGE
from services.console.visits import Visit, Visiting, zone_of
from shared.mongo.operations import Document

OVERLAP = timedelta(seconds=5)
MOST_CHANGES = 100
LATEST = 100_000_000_000_000  # ms: in the year 5138; a datetime ends with 9999
router = APIRouter(include_in_schema=False)


@router.get("/{scope}/inbox")
async def inbox_page(scope: str, here: Visiting) -> Response:
    """The list of a view, its soonest promise already open on a wide screen."""
    begin = whole(here.request.query_params.get("from", ""), HIGHEST) or 0
    if begin and here.is_fragment:
        values = await _around(here, scope)
        docs = await _docs(here, here.brands(scope), values["filters"], begin)
        return here.console.pages.html("inbox/rows.html", values | _list(here, values, docs, begin))
    return await _page(here, scope, None)


@router.get("/{scope}/inbox/news")
async def news(scope: str, here: Visiting) -> Response:
    """What a doorbell stands for: how many came in since the list was read, and the rows that changed."""
    values = await _around(here, scope)
    filters: Filters = values["filters"]
    params, brands = here.request.query_params, here.brands(scope)
    shown, since = _moment(params.get("shown", "")), _moment(params.get("since", ""))
    person = here.person.member_id
    changed = await here.console.inbox.changed(brands, since - OVERLAP, MOST_CHANGES)
    values |= {
        "news": await here.console.inbox.arrived(brands, filters, shown, person=person, now=here.now),
        "rows": rows(changed, here, values["shell"], values["w"], filters),
        "queues": queues(values["shell"], brands, await own_counts(here, brands)),
        "shown": params.get("shown", ""),
        "since": _stamp(here.now),
    }
    return here.console.pages.html("inbox/changes.html", values)


@router.get("/{scope}/inbox/{interaction_id}")
async def conversation_page(scope: str, interaction_id: str, here: Visiting) -> Response:
    """One conversation, beside its list; as a fragment only the conversation."""
    doc = await item_of(here, scope, interaction_id)
    opened = fold.once({"opened_at": here.now})
    if not doc.get("opened_at") and here.person.may("reply", doc["brand_id"]):
        await here.console.inbox.handle(doc["brand_id"], interaction_id, [opened])
    if here.is_fragment:
        return await open_fragment(here, scope, doc)
    return await _page(here, scope, doc)


@router.get("/{scope}/inbox/{interaction_id}/messages")
async def messages(scope: str, interaction_id: str, here: Visiting) -> Response:
    """The thread again after a doorbell, or another part of it: never what is being typed."""
    doc = await item_of(here, scope, interaction_id)
    values = await _around(here, scope)
    brand = values["shell"].tile(doc["brand_id"])
    shown = await passage(here, brand, values["w"].at(zone_of(brand.timezone)), doc)
    return here.console.pages.html("inbox/messages.html", values | shown)


async def item_of(here: Visit, scope: str, interaction_id: str) -> Mapping[str, Any]:
    """An item of the person's brands, else 404: another brand's is not there."""
    doc = await here.console.inbox.get(here.brands(scope), interaction_id)
    if doc is None or doc.get("state", "unseen") == "unseen":
        raise HTTPException(404)
    return doc


async def open_fragment(
    here: Visit, scope: str, doc: Mapping[str, Any], *, said: Mapping[str, Any] | None = None, status: int = 200
) -> Response:
    """The conversation's panes, with what the last act answered; its row follows by the doorbell."""
    values = await _around(here, scope)
    shown = await conversation(here, values["shell"], values["w"], doc, said=said)
    headers = {"X-Draft-Kept": "1"} if (said or {}).get("draft") else None
    return here.console.pages.html("inbox/open.html", values | shown | {"chosen": True}, status=status, headers=headers)


async def _page(here: Visit, scope: str, doc: Mapping[str, Any] | None) -> Response:
    filters, brands = Filters.read(here.request.query_params), here.brands(scope)
    values, docs, (channels, measures), own = await asyncio.gather(
        _around(here, scope), _docs(here, brands, filters, 0), measured(here, brands), own_counts(here, brands)
    )
    shell, words = values["shell"], values["w"]
    shown = queues(shell, brands, own)
    values |= _list(here, values, docs, 0) | {"queues": shown, "news": 0}
    values |= {"reception": reception(channels, measures, words), "channels": len(channels)}
    values["total"] = await _total(here, brands, filters, shown)
    values |= {"networks": sorted(here.console.networks), "focus": None, "chosen": doc is not None}
    chosen = doc or (values["rows"][0].item.doc if values["rows"] else None)
    if chosen is not None:
        values |= await conversation(here, shell, words, chosen)
        values["rows"] = [replace(row, current=row.item.id == chosen["_id"]) for row in values["rows"]]
    return here.console.pages.html("inbox/page.html", values)


async def _around(here: Visit, scope: str) -> dict[str, Any]:
    filters, brands = Filters.read(here.request.query_params), here.brands(scope)
    stamp = _stamp(here.now)
    around, signals = await asyncio.gather(surroundings(here, scope, "inbox"), here.console.signals.open(brands))
    tiles = {brand.id: brand for brand in around["shell"].brands}
    values = {**around, "filters": filters, "shown": stamp, "since": stamp}
    return values | {"crises": crisis_rows(signals, tiles, around["w"], here.now)}


async def _docs(here: Visit, brands: Sequence[str], filters: Filters, begin: int) -> list[Document]:
    person = here.person.member_id
    return await here.console.inbox.page(brands, filters, person=person, now=here.now, skip=begin, limit=PAGE + 1)


def _list(here: Visit, values: Mapping[str, Any], docs: Sequence[Document], begin: int) -> dict[str, Any]:
    return {
        "rows": rows(docs[:PAGE], here, values["shell"], values["w"], values["filters"]),
        "more": begin + PAGE if len(docs) > PAGE else 0,
    }


async def _total(here: Visit, brands: Sequence[str], filters: Filters, counted: Sequence[Queue]) -> int:
    """How many the list holds: that of its queue, where nothing narrows it and it was counted."""
    if filters.queue in COUNTED and not filters.narrowed:
        return next(queue.count for queue in counted if queue.name == filters.queue)
    return await here.console.inbox.count(brands, filters, person=here.person.member_id, now=here.now)


def _stamp(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1000))


def _moment(stamp: str) -> datetime:
    """The page's own stamp; what is none counts as the beginning of time."""
    return datetime.fromtimestamp((whole(stamp, LATEST) or 0) / 1000).astimezone()
