"""Writing a post: one text, each network's codes, what the public will see."""

import re
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import RedirectResponse, Response

from services.console.pages.composer_view import EDITABLE, Draft, acts, steps
from services.console.pages.post_view import STATE_SIGNS, Sign, channel_renditions, deliveries
from services.console.pages.posts import post_of
from services.console.shell import surroundings
from services.console.visits import ALL, Acting, Visit, Visiting
from shared.networks.capabilities import Media

router = APIRouter(include_in_schema=False)
NEW = "new"
LOCAL = "%Y-%m-%dT%H:%M"
MOST_MEDIA = 10
DONE = frozenset({"saved", "submitted", "approved", "scheduled", "sent", "cancelled", "settled"})


@router.get("/{scope}/posts/new")
async def new_post(scope: str, here: Visiting) -> Response:
    """An empty post, planned for `at` where the address says so; of all brands, the choice of one comes first."""
    values = await surroundings(here, scope, "posts")
    composing = [brand for brand in values["shell"].brands if here.person.may("compose", brand.id)]
    if scope != ALL:
        here.must("compose", scope)
        return await show(here, scope, None, Draft(local=_at(here)))
    at = f"?at={_at(here)}" if _at(here) else ""
    if len(composing) == 1:
        return RedirectResponse(f"/{composing[0].id}/posts/new{at}", status_code=303)
    return here.console.pages.html("posts/choose.html", values | {"composing": composing, "at": at})


@router.post("/{brand_id}/posts/check")
async def check(brand_id: str, here: Acting) -> Response:
    """What is typed, in each network's codes: counters, previews, and whether it may leave. Stores nothing."""
    form = await here.request.form()
    post_id = str(form.get("post_id", NEW))
    post = await here.console.posts.get(here.brands(brand_id), post_id) if post_id != NEW else None
    values = await composing(here, brand_id, post, Draft.read(form))
    return here.console.pages.html("posts/check.html", values)


@router.get("/{scope}/posts/{post_id}")
async def post_page(scope: str, post_id: str, here: Visiting) -> Response:
    """One post, to be read or written; its address names its brand."""
    post = await post_of(here, scope, post_id)
    if scope != post["brand_id"]:
        return RedirectResponse(f"/{post['brand_id']}/posts/{post_id}", status_code=303)
    return await show(here, scope, post, Draft.stored(post), told=_told(here))


async def show(
    here: Visit,
    brand_id: str,
    post: Mapping[str, Any] | None,
    draft: Draft,
    *,
    status: int = 200,
    **said: Any,
) -> Response:
    """The composer, with what the last act answered (`trouble`, `told`, `choices`)."""
    values = await composing(here, brand_id, post, draft)
    return here.console.pages.html("posts/compose.html", values | said, status=status)


async def composing(here: Visit, brand_id: str, post: Mapping[str, Any] | None, draft: Draft) -> dict[str, Any]:
    """All that the composer's templates print."""
    values = await surroundings(here, brand_id, "posts")
    words, brand = values["w"], values["shell"].brand
    if brand is None:
        raise HTTPException(404)
    channels = await here.console.directory.channels([brand_id])
    chosen = draft.channels if post or draft.common or draft.channels else [channel["_id"] for channel in channels]
    renditions = channel_renditions(
        channels,
        here.console.networks,
        chosen=chosen,
        common=draft.common,
        own=draft.own,
        title=draft.title,
        media=draft.media,
    )
    state, due = (post or {}).get("state", "draft"), (post or {}).get("due_at")
    able = acts(post, here.person, brand)
    may = {right: here.person.may(right, brand_id) for right in ("compose", "schedule")}
    people = await here.console.members.names([(post or {}).get("author", ""), (post or {}).get("approved_by", "")])
    named = {**(post or {}), "approved_by": people.get((post or {}).get("approved_by", ""), "")}
    author = people.get((post or {}).get("author", ""), (post or {}).get("author", ""))
    local = due.astimezone(words.zone).strftime(LOCAL) if due else ""
    return values | {
        "post_id": (post or {}).get("_id", NEW),
        "post_title": draft.title,
        "seq": (post or {}).get("seq", 0),
        "common": draft.common,
        "renditions": renditions,
        "media": [*draft.media, *([Media("")] if len(draft.media) < MOST_MEDIA else [])],
        "blocking": sum(rendition.errors for rendition in renditions),
        "editable": may["compose"] and state in EDITABLE,
        "acts": able,
        "can_time": any(act.name == "schedule" for act in able),
        "can_cancel": bool(post) and may["schedule"] and state in EDITABLE,
        "sign": _sign(state, words) if post else None,
        "written_by": author,
        "steps": steps(named if post else None, here.person, brand, words, author),
        "due": f"{words.day(due)}, {words.clock(due)}" if due else "",
        "local": draft.local or local,
        "local_was": local,
        "again": "",
        "deliveries": deliveries(post or {}, {channel["_id"]: channel["name"] for channel in channels}, words),
        "may_schedule": may["schedule"],
        "trouble": "",
        "told": "",
        "choices": (),
    }


def _at(here: Visit) -> str:
    """The time that a calendar's slot stands for, if it is one."""
    at = here.request.query_params.get("at", "")
    return at if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d", at) else ""


def _sign(state: str, words: Any) -> Sign:
    kind, icon = STATE_SIGNS.get(state, ("mute", "ring"))
    return Sign(kind, icon, words.known(f"posts.state_{state}", state))


def _told(here: Visit) -> str:
    done = here.request.query_params.get("done", "")
    return here.words.known(f"posts.{done}", "") if done in DONE else ""
