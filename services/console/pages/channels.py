"""Brands and channels: completeness, backfill, and connecting a channel with a test first."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import RedirectResponse, Response

from services.console.commanding import command, log, order
from services.console.connecting import Tried, connect, try_out
from services.console.domain.networks import account_key
from services.console.owners import OwnerAway
from services.console.pages.channel_view import channel_rows
from services.console.shell import surroundings
from services.console.store.directory import AccountTaken
from services.console.visits import Acting, Visit, Visiting
from shared.networks.capabilities import Account, Connecting
from shared.networks.grants import Grant

router = APIRouter(include_in_schema=False)
DONE = frozenset({"connected", "disconnected", "polling", "filling"})
LONGEST_TOKEN = 4000


@router.get("/{scope}/channels")
async def channels_page(scope: str, here: Visiting) -> Response:
    """All channels of the brands shown."""
    done = here.request.query_params.get("done", "")
    told = here.words(f"channels.done_{done}") if done in DONE else ""
    return here.console.pages.html("channels/page.html", await _values(here, scope) | {"told": told})


@router.get("/{scope}/channels/list")
async def channels_list(scope: str, here: Visiting) -> Response:
    """The table again, after a doorbell."""
    return here.console.pages.html("channels/table.html", await _values(here, scope))


@router.get("/{brand_id}/channels/connect")
async def connect_page(brand_id: str, here: Visiting) -> Response:
    """The form that connects a channel, or one again (`again` names it)."""
    here.must("channels", brand_id)
    known = await here.console.directory.channel(brand_id, here.request.query_params.get("again", ""))
    given = {name: (known or {}).get(name, "") for name in ("network", "base_url", "account_id", "name")}
    return await _form(here, brand_id, {**given, "again": (known or {}).get("_id", ""), "settings": ""})


@router.post("/{brand_id}/channels/connect")
async def connect_channel(
    brand_id: str,
    here: Acting,
    network: Annotated[str, Form(max_length=40)],
    base_url: Annotated[str, Form(max_length=500)],
    account_id: Annotated[str, Form(max_length=300)] = "",
    name: Annotated[str, Form(max_length=120)] = "",
    token: Annotated[str, Form(max_length=LONGEST_TOKEN)] = "",
    again: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """Tests the token with the network; only what passed is connected. The token is sealed and forgotten."""
    here.must("channels", brand_id)
    known = await here.console.directory.channel(brand_id, again) if again else None
    if again and known is None:
        raise HTTPException(404)
    given = {"network": network, "base_url": base_url, "account_id": account_id, "name": name, "again": again}
    account = Account("", brand_id, account_id.strip(), base_url.strip().rstrip("/"), Grant.read(token).access)
    tried = await try_out(here.console, network, account)
    if tried.trouble:
        return await _form(here, brand_id, given, tried)
    channel_id = again or here.console.floor.new_id()
    fields = {
        "brand_id": brand_id,
        "network": network,
        "account_id": tried.account_id or account.account_id,
        "name": name.strip() or tried.name or account.account_id,
        "handle": tried.handle,
        "base_url": account.base_url,
        "settings": {},
    }
    if known and account_key(known) != account_key(fields):
        return await _form(here, brand_id, given, Tried(trouble="other", detail=str(fields["name"])))
    try:
        await connect(here.console, channel_id, fields, token)
    except AccountTaken:
        return await _form(here, brand_id, given, Tried(trouble="taken"))
    await log(here, brand_id, "channel.connected", channel_id, {"network": network})
    return RedirectResponse(f"/{brand_id}/channels?done=connected", status_code=303)


@router.post("/{brand_id}/channels/{channel_id}/disconnect")
async def disconnect(brand_id: str, channel_id: str, here: Acting) -> Response:
    """Nothing more is read or said there; what came in stays."""
    here.must("channels", brand_id)
    changes = {"status": "disconnected", "token_sealed": ""}
    changed = await here.console.directory.change_channel(brand_id, channel_id, changes, here.now)
    if changed is None:
        raise HTTPException(404)
    await log(here, brand_id, "channel.disconnected", channel_id)
    return RedirectResponse(f"/{brand_id}/channels?done=disconnected", status_code=303)


@router.post("/{brand_id}/channels/{channel_id}/{act}")
async def ask_ingest(brand_id: str, channel_id: str, act: str, here: Acting) -> Response:
    """Read the channel now (`poll`), or its older comments (`backfill`)."""
    here.must("channels", brand_id)
    if not re.fullmatch("poll|backfill", act) or await here.console.directory.channel(brand_id, channel_id) is None:
        raise HTTPException(404)
    given = order(here, "ingest", f"/channels/{channel_id}/{act}", "channels", brand_id, {})
    try:
        answer = await command(here, given, channel_id)
        trouble = "" if answer.ok else here.words("inbox.refused", why=answer.detail)
    except OwnerAway as away:
        trouble = here.words("inbox.away", service=away.service)
    if trouble:
        values = await _values(here, brand_id) | {"told": "", "trouble": trouble}
        return here.console.pages.html("channels/page.html", values)
    done = "polling" if act == "poll" else "filling"
    return RedirectResponse(f"/{brand_id}/channels?done={done}", status_code=303)


async def _values(here: Visit, scope: str) -> dict[str, Any]:
    values, brands = await surroundings(here, scope, "channels"), here.brands(scope)
    tiles = {brand.id: brand for brand in values["shell"].brands}
    channels = await here.console.directory.channels(brands)
    measures = await here.console.measures.of(brands)
    rows = channel_rows(channels, measures, tiles, values["w"], here.now)
    shown = [brand for brand in values["shell"].brands if brand.id in brands]
    groups = [(brand, [row for row in rows if row.brand.id == brand.id]) for brand in shown]
    may = {brand.id: here.person.may("channels", brand.id) for brand in shown}
    return values | {"groups": groups, "channel_count": len(rows), "may_connect": may, "trouble": ""}


async def _form(here: Visit, brand_id: str, given: dict[str, Any], tried: Tried | None = None) -> Response:
    values = await surroundings(here, brand_id, "channels")
    trouble = here.words(f"channels.trouble_{tried.trouble}", detail=tried.detail) if tried else ""
    networks = sorted(name for name, client in here.console.networks.items() if isinstance(client, Connecting))
    values |= {"networks": networks, "given": given, "trouble": trouble}
    return here.console.pages.html("channels/connect.html", values, status=422 if trouble else 200)
