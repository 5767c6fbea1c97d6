"""Hold: stop what leaves, see who has confirmed and what it met, release it in steps, decide about what is late."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import RedirectResponse, Response

from services.console import holding
from services.console.commanding import command, order
from services.console.domain.brands import BrandTile, tile
from services.console.domain.holds import RIGHTS, NotHeld, NotYet, Scope, rights_to_release
from services.console.owners import OwnerAway
from services.console.pages.hold_view import held_brand, people_of
from services.console.shell import surroundings
from services.console.visits import ALL, Acting, Visit, Visiting, zone_of

router = APIRouter(include_in_schema=False)
SECTION = "hold"
DONE = frozenset({"held", "released", "asked", "settled"})
Why = Annotated[str, Form(max_length=500)]
Word = Annotated[str, Form(max_length=100)]


@router.get("/{scope}/hold")
async def hold_page(scope: str, here: Visiting) -> Response:
    """The brands that are held, and what is late."""
    done = here.request.query_params.get("done", "")
    return await _page(here, scope, told=here.words(f"hold.done_{done}") if done in DONE else "")


@router.get("/{scope}/hold/now")
async def hold_now(scope: str, here: Visiting) -> Response:
    """The slabs again, after a doorbell."""
    return here.console.pages.html("hold/slabs.html", await _values(here, scope))


@router.post("/{scope}/hold")
async def hold(scope: str, here: Acting, why: Why = "", key: Word = "", moderation: Word = "") -> Response:
    """Stop one brand, those that were ticked, or (an operator) every brand of the deployment."""
    form = await here.request.form()
    everything = scope == ALL and bool(form.get("everything"))
    brands = [scope] if scope != ALL else [str(one) for one in form.getlist("brands")]
    if everything:
        brands = list(await here.console.directory.brand_names()) if here.person.may_operate() else []
    if not why.strip() or not brands:
        return await _page(here, scope, trouble=here.words("hold.needs"))
    kind: Scope = "all" if everything else "brand" if len(brands) == 1 else "group"
    for brand_id in brands:
        _must(here, (RIGHTS[kind],), brand_id)
    own, person = key or here.console.floor.new_id(), here.person.member_id
    await holding.hold(here.console, person, brands, kind, why.strip(), moderation=bool(moderation), key=own)
    return RedirectResponse(f"/{scope}/hold?done=held", status_code=303)


@router.post("/{scope}/hold/{brand_id}/release")
async def release(
    scope: str,
    brand_id: str,
    here: Acting,
    hold_id: Annotated[str, Form()],
    step: Annotated[str, Form()],
    why: Why = "",
) -> Response:
    """Release one step of a hold for one brand; the spend may need a second person."""
    found = [one for row in await here.console.holds.of([brand_id]) for one in row["holds"]]
    known = next((one for one in found if one["hold_id"] == hold_id), None)
    _must(here, rights_to_release(known["scope"]) if known else ("release",), brand_id)
    try:
        await holding.release(here.console, here.person.member_id, brand_id, hold_id, step, why.strip())
    except NotHeld:
        return await _page(here, scope, trouble=here.words("hold.not_held"))
    except NotYet as first:
        name = here.words(f"hold.step_{first}")
        return await _page(here, scope, trouble=here.words("hold.not_yet", step=name))
    (row,) = await here.console.holds.of([brand_id])
    asks = any(one["hold_id"] == hold_id and step in one["shut"] for one in row["holds"])
    return RedirectResponse(f"/{scope}/hold?done={'asked' if asks else 'released'}", status_code=303)


@router.post("/{scope}/hold/{brand_id}/late/{interaction_id}/{action_id}")
async def settle(
    scope: str,
    brand_id: str,
    interaction_id: str,
    action_id: str,
    here: Acting,
    outcome: Annotated[str, Form(pattern="^(confirmed|absent|dropped)$")],
) -> Response:
    """A reply that did not leave in time, or that nobody knows of: a person sends it, drops it, or says it is there."""
    here.must("schedule", brand_id)
    body = {"outcome": outcome, "why": ""}
    given = order(here, "publisher", f"/deliveries/{action_id}/settle", "schedule", brand_id, body)
    try:
        answer = await command(here, given, interaction_id)
    except OwnerAway as away:
        return await _page(here, scope, trouble=here.words("inbox.away", service=away.service))
    if not answer.ok:
        return await _page(here, scope, trouble=here.words("inbox.refused", why=answer.detail))
    return RedirectResponse(f"/{scope}/hold?done=settled", status_code=303)


def _must(here: Visit, rights: Sequence[Any], brand_id: str) -> None:
    """404 for who has nothing to do with the brand, 403 for who lacks one of the rights."""
    if brand_id not in here.person.roles and not here.person.may_operate():
        raise HTTPException(404)
    if not all(here.person.may_stop(right, brand_id) for right in rights):
        raise HTTPException(403)


async def _page(here: Visit, scope: str, *, told: str = "", trouble: str = "") -> Response:
    values = await _values(here, scope) | {"told": told, "trouble": trouble}
    return here.console.pages.html("hold/page.html", values, status=422 if trouble else 200)


async def _values(here: Visit, scope: str) -> dict[str, Any]:
    values, console = await surroundings(here, scope, SECTION), here.console
    tiles = await _tiles(here, scope, values)
    rows = [row for row in await console.holds.held(list(tiles)) if row["_id"] in tiles]
    names = await console.members.names(people_of(rows))
    held = [
        held_brand(row, tiles[row["_id"]], here.person, names, _words(here, tiles[row["_id"]]), here.now)
        for row in rows
    ]
    brands = here.brands(scope)
    return values | {
        "held": held,
        "late_posts": await _posts(here, brands, tiles),
        "late_replies": await _replies(here, brands, tiles),
    }


async def _tiles(here: Visit, scope: str, values: Mapping[str, Any]) -> dict[str, BrandTile]:
    """The brands shown; to an operator who looks at all, those of the whole deployment."""
    if scope == ALL and here.person.may_operate():
        return {brand["_id"]: tile(brand) for brand in await here.console.directory.all_brands()}
    return {brand.id: brand for brand in values["shell"].brands if brand.id in here.brands(scope)}


async def _posts(here: Visit, brands: Sequence[str], tiles: Mapping[str, BrandTile]) -> list[dict[str, Any]]:
    found = [post for post in await here.console.posts.late(brands) if post["brand_id"] in tiles]
    return [
        {
            "brand": tiles[post["brand_id"]],
            "href": f"/{post['brand_id']}/posts/{post['_id']}",
            "title": post.get("title") or next((one["text"][:80] for one in post.get("renditions", ())), ""),
            "when": _words(here, tiles[post["brand_id"]]).moment(post["due_at"], here.now)
            if post.get("due_at")
            else "",
        }
        for post in found
    ]


async def _replies(here: Visit, brands: Sequence[str], tiles: Mapping[str, BrandTile]) -> list[dict[str, Any]]:
    found = [item for item in await here.console.inbox.stranded(brands) if item["brand_id"] in tiles]
    return [
        {
            "brand": tiles[item["brand_id"]],
            "href": f"/{item['brand_id']}/inbox/{item['_id']}",
            "act": f"/{here.request.path_params['scope']}/hold/{item['brand_id']}/late/{item['_id']}/{action_id}",
            "to": item["author"].get("name") or item["author"].get("handle", ""),
            "text": action.get("text", ""),
            "why": action.get("why", ""),
            "may": here.person.may("schedule", item["brand_id"]),
        }
        for item in found
        for action_id, action in (item.get("actions") or {}).items()
        if action["state"] == "stranded"
    ]


def _words(here: Visit, brand: BrandTile) -> Any:
    return here.words.at(zone_of(brand.timezone))
