"""The calendar: a week or a month of posts in their brands' own time, and what moves one of them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from services.console.commanding import command, order
from services.console.domain import calendar
from services.console.owners import OwnerAway, Reply
from services.console.pages import calendar_view as view
from services.console.pages.campaigns_view import sign
from services.console.pages.posts import channel_names, post_of
from services.console.shell import surroundings
from services.console.visits import Acting, Visit, Visiting, zone_of
from shared.events.ids import derive

router = APIRouter(include_in_schema=False)
SECTION = "calendar"
MOST = 400
UNDATED = 12
NOTHING_SAID: dict[str, Any] = {"trouble": "", "told": "", "choices": (), "chosen": {}, "back": None}
Doc = Mapping[str, Any]
Kind = Literal["week", "month"]


class Wish(BaseModel):
    """Where a post is to go: `to` on its brand's clock, or the moment `due_at`. `seq` is the version that was seen."""

    brand: str = Field(max_length=100)
    post: str = Field(max_length=100)
    seq: int
    to: str = Field("", max_length=40)
    due_at: str = Field("", max_length=40)
    key: str = Field("", max_length=100)

    def body(self) -> dict[str, str]:
        """As publisher takes it."""
        return {"due_at": self.due_at} if self.due_at else {"local": self.to}

    def own_key(self) -> str:
        """The same press again is the same command, another drop from the same page is another."""
        return derive("move", self.key, self.post, self.seq, self.due_at or self.to) if self.key else ""


@router.get("/{scope}/calendar")
async def this_week(scope: str, here: Visiting) -> Response:
    """The week of today, or of the day that the address names with `on`."""
    return here.console.pages.html("calendar/page.html", await _values(here, scope, "week"))


@router.get("/{scope}/calendar/{kind}")
async def page_of(scope: str, kind: Kind, here: Visiting) -> Response:
    """A week or a month."""
    return here.console.pages.html("calendar/page.html", await _values(here, scope, kind))


@router.get("/{scope}/calendar/{kind}/now")
async def again(scope: str, kind: Kind, here: Visiting) -> Response:
    """The days again, after a doorbell."""
    return here.console.pages.html("calendar/grid.html", await _values(here, scope, kind))


@router.post("/{scope}/calendar/{kind}/move")
async def move(scope: str, kind: Kind, here: Acting, wish: Annotated[Wish, Form()]) -> Response:
    """Another time for a post. Answers with the days as they are then."""
    if wish.brand not in here.brands(scope):
        raise HTTPException(404)
    here.must("schedule", wish.brand)
    before = await post_of(here, wish.brand, wish.post)
    path, own = f"/posts/{wish.post}/reschedule", wish.own_key()
    given = order(here, "publisher", path, "schedule", wish.brand, wish.body(), key=own, seq=wish.seq)
    try:
        answer = await command(here, given, wish.post)
        said = _moved(here, before, answer) if answer.ok else _refused(here, before, answer)
    except OwnerAway as away:
        answer, said = Reply(503), {"trouble": here.words("inbox.away", service=away.service)}
    if not here.is_fragment:
        return RedirectResponse(f"/{scope}/calendar/{kind}?on={_on(here)}", status_code=303)
    status = answer.status if answer.status in (409, 422) else 200
    values = await _values(here, scope, kind) | said
    return here.console.pages.html("calendar/moved.html", values, status=status)


def _moved(here: Visit, before: Doc, answer: Reply) -> dict[str, Any]:
    """What is said of it, and how it is taken back: by a move to where it was, if that has not passed."""
    words = here.words.at(zone_of(before.get("timezone") or "UTC"))
    due, was = datetime.fromisoformat(answer.body["due_at"]), before.get("due_at")
    told = words("calendar.moved", title=_title(before, here), when=f"{words.day(due)} {words.clock(due)}")
    back = {"brand": before["brand_id"], "post": before["_id"], "seq": answer.body["seq"], "words": told}
    can_go_back = was is not None and was > here.now and before["state"] not in ("late", "failed")
    return {"told": told, "back": {**back, "due_at": was.isoformat()} if was and can_go_back else None}


def _refused(here: Visit, before: Doc, answer: Reply) -> dict[str, Any]:
    """Why not; where the clocks show that time twice or never, the moments to choose from."""
    words = here.words.at(zone_of(before.get("timezone") or "UTC"))
    if answer.status == 409:
        return {"trouble": here.words("calendar.changed", title=_title(before, here))}
    given = answer.body.get("choices", ())
    choices = [(one, f"{words.moment(datetime.fromisoformat(one), here.now)} ({one[-6:]})") for one in given]
    key = "calendar.passed" if answer.body.get("reason") == "past" else "posts.wrong_time"
    moved = {"brand": before["brand_id"], "post": before["_id"], "seq": before.get("seq", 0)}
    return {"trouble": here.words(key, why=answer.detail), "choices": choices, "chosen": moved}


def _title(post: Doc, here: Visit) -> str:
    return str(post.get("title") or here.words("posts.untitled"))


async def _values(here: Visit, scope: str, kind: Kind) -> dict[str, Any]:
    values = await surroundings(here, scope, SECTION)
    shell, words = values["shell"], values["w"]
    shown = [brand for brand in shell.brands if brand.id in here.brands(scope)]
    ids, today = [brand.id for brand in shown], here.now.astimezone(words.zone).date()
    seen = calendar.view_of(kind, calendar.day_of(here.request.query_params.get("on", ""), today))
    found = await here.console.posts.between(ids, *seen.bounds(), limit=MOST + 1)
    undated = await here.console.posts.undated(ids, UNDATED)
    holds = [row for row in await here.console.holds.held(ids) if "posts" in row["shut"]]
    by = await reading(here, scope, words, shown, [*found, *undated], holds)
    chips = [view.chip(post, shell.tile(post["brand_id"]), by) for post in found[:MOST]]
    dated = [one for one in chips if one.day is not None and seen.holds(one.day)]
    return (
        values
        | {
            "view": seen,
            "heading": view.heading(seen, words),
            "today": today,
            "days": view.days(seen, dated, here.now, words.zone, words),
            "shown_posts": len(dated),
            "too_many": len(found) > MOST,
            "zones": sorted({brand.timezone for brand in shown} or {"UTC"}),
            "tray": [view.chip(post, shell.tile(post["brand_id"]), by) for post in undated],
            "bands": await _bands(here, shell, seen, holds, words) if kind == "week" else [],
            "may_compose": any(here.person.may("compose", brand_id) for brand_id in ids),
            "may_move": bool(by.movers),
            "key": here.console.floor.new_id(),
        }
        | NOTHING_SAID
    )


async def reading(
    here: Visit, scope: str, words: Any, shown: Sequence[Any], posts: Sequence[Doc], holds: Sequence[Doc]
) -> view.Reading:
    """What the chips of these posts are read with; `holds` are the rows of the brands whose posts are held."""
    people = {post.get(who, "") for post in posts for who in ("author", "approved_by")}
    names = await here.console.members.names([*people, *(row["holds"][0]["person"] for row in holds)])
    return view.Reading(
        words=words,
        zones={brand.id: zone_of(brand.timezone) for brand in shown},
        usual=words.zone,
        channels=await channel_names(here, scope),
        names=names,
        held={row["_id"]: row["holds"][0]["why"] or here.words("hold.held") for row in holds},
        movers=frozenset(brand.id for brand in shown if here.person.may("schedule", brand.id)),
    )


async def _bands(here: Visit, shell: Any, seen: calendar.View, holds: Sequence[Doc], words: Any) -> list[view.Band]:
    """Holds as long as they have lasted, then campaigns that were started, as long as they are planned."""
    today, bands = here.now.astimezone(words.zone).date(), []
    for row in holds:
        brand, first = shell.tile(row["_id"]), row["holds"][0]
        told = {"words": words("calendar.held", brand=brand.name), "why": first["why"], "href": f"/{brand.id}/hold"}
        since = first["since"].astimezone(words.zone).date()
        bands.append(view.band(seen, since, today, kind="ev-held", icon="hold", **told))
    ids = [brand.id for brand in shell.brands if brand.id in here.brands(shell.scope)]
    for one in await here.console.campaigns.during(ids, seen.first.isoformat(), seen.last.isoformat()):
        brand, state = shell.tile(one["brand_id"]), sign(one, words)
        place = f"/{brand.id}/campaigns/{one['_id']}"
        kind = "ev-held" if one["state"] == "paused" else ""
        told = {"words": words.pair(one["name"], state.words), "why": state.why, "href": place, "kind": kind}
        first, last = (date.fromisoformat(one[name]) for name in ("first_day", "last_day"))
        bands.append(view.band(seen, first, last, icon="hold" if kind else "mega", **told))
    return [one for one in bands if one is not None]


def _on(here: Visit) -> str:
    return calendar.day_of(here.request.query_params.get("on", ""), here.now.date()).isoformat()
