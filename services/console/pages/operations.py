"""Operations: how every service is, what it set aside, what waits to leave, which channels need someone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import RedirectResponse, Response

from services.console.domain.brands import tile
from services.console.domain.drawing import spark
from services.console.domain.numbers import HIGHEST, whole
from services.console.owners import Order, OwnerAway
from services.console.pages.channel_view import channel_rows
from services.console.shell import surroundings
from services.console.store.health import lag_of
from services.console.visits import ALL, Acting, Visit, Visiting
from services.console.words import Words

router = APIRouter(include_in_schema=False)
SECTION = "operations"
STALE = timedelta(seconds=15)
BEHIND = 1000
ORDER = ("ingest", "moderation", "insights", "publisher", "console")
DONE = frozenset({"replayed", "resumed"})
Doc = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """One service: its state as colour, shape and words, what waits for it, and how that went."""

    name: str
    kind: str
    icon: str
    lag: int
    line: str
    area: str
    hint: str
    away: bool = False


@dataclass(frozen=True, slots=True)
class Aside:
    """Messages of one kind that failed for one reason."""

    service: str
    event: str
    topic: str
    group: str
    error: str
    state: str
    count: int
    first: str


@router.get("/{scope}/operations")
async def operations_page(scope: str, here: Visiting) -> Response:
    """For operators alone."""
    done = here.request.query_params.get("done", "")
    count = whole(here.request.query_params.get("count", "0"), HIGHEST)
    told = here.words(f"operations.done_{done}", count=count) if done in DONE and count is not None else ""
    return here.console.pages.html("operations/page.html", await _values(here) | {"told": told, "trouble": ""})


@router.get("/{scope}/operations/now")
async def operations_now(scope: str, here: Visiting) -> Response:
    """The slabs again, after a doorbell."""
    return here.console.pages.html("operations/slabs.html", await _values(here))


@router.post("/operations/replay")
async def replay(
    here: Acting,
    service: Annotated[str, Form()],
    group: Annotated[str, Form()],
    topic: Annotated[str, Form()],
    event: Annotated[str, Form()],
    error: Annotated[str, Form(max_length=600)] = "",
) -> Response:
    """Dead messages of one kind are tried again by their own service; nothing older than a day acts on the world."""
    body = {"group": group, "topic": topic, "event": event, "error": error or None, "dry_run": False}
    return await _operate(here, service, "/ops/replay", body, "replayed", "found")


@router.post("/operations/resume")
async def resume(
    here: Acting, service: Annotated[str, Form()], group: Annotated[str, Form()], topic: Annotated[str, Form()]
) -> Response:
    """A consumer that its brake stopped goes on."""
    return await _operate(here, service, "/ops/resume", {"group": group, "topic": topic}, "resumed", "released")


@router.post("/operations/mails/{mail_id}/again")
async def mail_again(mail_id: str, here: Acting) -> Response:
    """A mail that may have left, or was refused, is sent after all."""
    _must_operate(here)
    if not await here.console.alerting.mails.again(mail_id, here.now):
        raise HTTPException(404)
    return RedirectResponse(f"/{ALL}/operations#alerts-health", status_code=303)


async def _operate(here: Visit, service: str, path: str, body: dict[str, Any], done: str, counted: str) -> Response:
    _must_operate(here)
    if service not in here.console.settings.services:
        raise HTTPException(404)
    person, key = here.person.member_id, here.console.floor.new_id()
    try:
        answer = await here.console.owners.send(Order(service, "POST", path, "operate", "", person, key, body))
        trouble = "" if answer.ok else here.words("inbox.refused", why=answer.detail)
    except OwnerAway as away:
        trouble = here.words("operations.away", service=away.service)
    if trouble:
        values = await _values(here) | {"told": "", "trouble": trouble}
        return here.console.pages.html("operations/page.html", values, status=409)
    return RedirectResponse(f"/{ALL}/operations?done={done}&count={answer.body.get(counted, 0)}", status_code=303)


async def _values(here: Visit) -> dict[str, Any]:
    _must_operate(here)
    values = await surroundings(here, ALL, SECTION)
    words, console = values["w"], here.console
    services = sorted(await console.health.all(), key=_place)
    brands = await console.directory.all_brands()
    ids = [brand["_id"] for brand in brands]
    channels, measures = await console.directory.channels(ids), await console.measures.of(ids)
    tiles = {brand["_id"]: tile(brand) for brand in brands}
    rows = channel_rows(channels, measures, tiles, words, here.now)
    aside = [one for service in services for one in _aside(service, words, here.now)]
    return values | {
        "cards": [_card(service, words, here.now) for service in services],
        "outboxes": [_outbox(service, words) for service in services if (service.get("told") or {}).get("outbox")],
        "dead": [one for one in aside if one.state == "dead"],
        "parked": [one for one in aside if one.state == "parked"],
        "brakes": [brake for service in services for brake in _brakes(service)],
        "deliveries": await console.posts.sums_of_all(ids),
        "needing": [row for row in rows if row.needs_someone],
        "channel_count": len(rows),
        "brand_count": len(brands),
        "troubled_mails": await console.alerting.mails.troubled(),
        "troubled_hooks": await console.alerting.hooks.troubled(),
        "alerts_away": (await console.alerting.mails.relay())["why"],
    }


def _place(service: Doc) -> tuple[int, str]:
    """In the order that an interaction meets them."""
    name = service["_id"]
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)


def _must_operate(here: Visit) -> None:
    if not here.person.may_operate():
        raise HTTPException(404)


def _card(service: Doc, words: Words, now: datetime) -> ServiceCard:
    told, lag = service.get("told") or {}, lag_of(service.get("told") or {})
    line, area = spark(service.get("lags") or ())
    away = service.get("away_since")
    if away or now - service.get("heard_at", now) > STALE:
        since = words.clock(away or service["heard_at"])
        hint = words("operations.silent", time=since)
        return ServiceCard(service["_id"], "bad", "oct", lag, line, area, hint, away=True)
    failing = [f"{name}: {why}" for name, why in (told.get("checks") or {}).items() if why != "ok"]
    if not told.get("ready") or lag > BEHIND:
        hint = "; ".join(failing) or words("operations.behind", count=lag)
        return ServiceCard(service["_id"], "warn", "warn", lag, line, area, hint)
    hint = words("operations.up", span=words.span(timedelta(seconds=told.get("uptime_seconds", 0))))
    return ServiceCard(service["_id"], "ok", "check", lag, line, area, hint)


def _outbox(service: Doc, words: Words) -> dict[str, str]:
    outbox = service["told"]["outbox"]
    age = words.span(timedelta(seconds=outbox["oldest_seconds"]))
    shown = words("operations.outbox_words", count=outbox["pending"], held=outbox["held"], age=age)
    return {"service": service["_id"], "words": shown}


def _aside(service: Doc, words: Words, now: datetime) -> list[Aside]:
    kinds = (service.get("told") or {}).get("aside") or ()
    return [
        Aside(
            service=service["_id"],
            event=kind["type"].split(".")[-2] if kind["type"].count(".") > 1 else kind["type"],
            topic=kind["topic"],
            group=kind["group"],
            error=kind["error"],
            state=kind["state"],
            count=kind["count"],
            first=words.moment(datetime.fromisoformat(kind["first_at"]), now) if kind.get("first_at") else "",
        )
        for kind in kinds
    ]


def _brakes(service: Doc) -> list[dict[str, str]]:
    return [
        {"service": service["_id"], "group": consumer["group"], "topic": topic}
        for consumer in (service.get("told") or {}).get("consumers") or ()
        for topic, told in consumer["topics"].items()
        if told.get("braked")
    ]
