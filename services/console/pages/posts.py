"""The list of posts: what needs someone, what is coming, what went out, each with its state and why."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from services.console.pages.post_view import PostRow, deliveries, post_row
from services.console.shell import surroundings
from services.console.visits import Visit, Visiting, zone_of

router = APIRouter(include_in_schema=False)
Doc = Mapping[str, Any]


@router.get("/{scope}/posts")
async def posts_page(scope: str, here: Visiting) -> Response:
    """All posts of the brands shown."""
    return here.console.pages.html("posts/list.html", await _values(here, scope))


@router.get("/{scope}/posts/list")
async def posts_list(scope: str, here: Visiting) -> Response:
    """The list again, after a doorbell."""
    return here.console.pages.html("posts/again.html", await _values(here, scope))


@router.get("/{scope}/posts/{post_id}/deliveries")
async def deliveries_again(scope: str, post_id: str, here: Visiting) -> Response:
    """The ends of one post again, after a doorbell."""
    post = await post_of(here, scope, post_id)
    names = await channel_names(here, scope)
    shown = deliveries(post, names, here.words.at(zone_of(post.get("timezone") or "UTC")))
    values = await surroundings(here, scope, "posts")
    may = here.person.may("schedule", post["brand_id"])
    values |= {"deliveries": shown, "post_id": post_id, "may_schedule": may}
    return here.console.pages.html("posts/deliveries-again.html", values)


async def post_of(here: Visit, scope: str, post_id: str) -> Doc:
    """A post of the person's brands, else 404."""
    post = await here.console.posts.get(here.brands(scope), post_id)
    if post is None:
        raise HTTPException(404)
    return post


async def channel_names(here: Visit, scope: str) -> dict[str, str]:
    """Channel id → name."""
    return {channel["_id"]: channel["name"] for channel in await here.console.directory.channels(here.brands(scope))}


async def _values(here: Visit, scope: str) -> dict[str, Any]:
    values, brands, posts = await surroundings(here, scope, "posts"), here.brands(scope), here.console.posts
    trouble = await posts.needing_people(brands)
    known = {post["_id"] for post in trouble}
    coming = [post for post in await posts.coming(brands) if post["_id"] not in known]
    past = [post for post in await posts.past(brands) if post["_id"] not in known]
    found = [*trouble, *coming, *past]
    names = await here.console.members.names([post.get("author", "") for post in found])
    channels = await channel_names(here, scope)

    def rows(some: Sequence[Doc]) -> list[PostRow]:
        return [_row(post, here, values, channels, names) for post in some]

    may = any(here.person.may("compose", brand_id) for brand_id in brands)
    return values | {"trouble": rows(trouble), "coming": rows(coming), "past": rows(past), "may_compose": may}


def _row(
    post: Doc, here: Visit, values: Mapping[str, Any], channels: Mapping[str, str], names: Mapping[str, str]
) -> PostRow:
    brand = values["shell"].tile(post["brand_id"])
    return post_row(post, brand, channels, here.words.at(zone_of(brand.timezone)), names)
