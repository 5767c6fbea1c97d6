"""Instagram's media, comments and webhook changes in its own shapes."""

from collections.abc import Callable, Sequence
from typing import Any

from parvis.simulator.graph_shapes import time
from parvis.simulator.records import Account, Said
from parvis.simulator.world import MENTION, World, living

COMMENT_FIELDS = ("id", "text", "timestamp", "username", "media")
MEDIA_FIELDS = ("id", "caption", "timestamp", "username", "permalink", "media_type", "media_url", "owner")
SHOWN_ANSWERS = 50
VIDEOS = (".mp4", ".mov")


def shape(said: Said, world: World, fields: Sequence[str], link: Callable[[Said], str]) -> dict[str, Any]:
    """The object with the fields asked for; Graph leaves out those that have no value."""
    values = _media(said, world, link) if said.is_root else _comment(said, world, link)
    found = {name: values[name]() for name in dict.fromkeys((*fields, "id")) if name in values}
    return {name: value for name, value in found.items() if value is not None}


def _media(said: Said, world: World, link: Callable[[Said], str]) -> dict[str, Callable[[], Any]]:
    kinds = ["VIDEO" if url.endswith(VIDEOS) else "IMAGE" for url in said.media]
    parts = [{"id": f"{said.id}0{n}", "media_url": url, "media_type": kinds[n]} for n, url in enumerate(said.media)]
    return {
        "id": lambda: said.id,
        "caption": lambda: said.text or None,
        "timestamp": lambda: time(said.created_at),
        "username": lambda: said.author_handle,
        "owner": lambda: {"id": said.author_id} if said.author_id == said.account_id else None,
        "permalink": lambda: link(said),
        "media_type": lambda: "CAROUSEL_ALBUM" if len(parts) > 1 else (*kinds, "IMAGE")[0],
        "media_url": lambda: None if len(parts) > 1 else (*said.media, None)[0],
        "children": lambda: {"data": parts} if len(parts) > 1 else None,
        "comments_count": lambda: len(living(world.below(said))),
    }


def _comment(said: Said, world: World, link: Callable[[Said], str]) -> dict[str, Callable[[], Any]]:
    def answers() -> dict[str, Any] | None:
        found = living(world.answers(said))[:SHOWN_ANSWERS]
        fields = ("id", "text", "timestamp", "username", "from", "hidden")
        return {"data": [shape(one, world, fields, link) for one in found]} if found else None

    return {
        "id": lambda: said.id,
        "text": lambda: said.text,
        "timestamp": lambda: time(said.created_at),
        "username": lambda: said.author_handle,
        "from": lambda: {"id": said.author_id, "username": said.author_handle},
        "hidden": lambda: said.hidden,
        "media": lambda: {"id": said.root_id},
        "parent_id": lambda: None if said.parent_id == said.root_id else said.parent_id,
        "like_count": lambda: 0,
        "replies": answers,
    }


def mentions(said: Said, account: Account, world: World) -> bool:
    """Whether it names the account on a wall that is not the account's own."""
    root = world.things.get(said.root_id)
    elsewhere = root is not None and root.author_id != account.id
    return elsewhere and account.handle.lower() in (name.lower() for name in MENTION.findall(said.text))


def change(verb: str, said: Said, account: Account, world: World) -> dict[str, Any] | None:
    """What is told by webhook: new comments below own media, mentions elsewhere by their ids; nothing else."""
    if verb != "add":
        return None
    if mentions(said, account, world):
        below = {} if said.is_root else {"comment_id": said.id}
        return {"field": "mentions", "value": {"media_id": said.root_id, **below}}
    if said.is_root or world.things[said.root_id].author_id != account.id:
        return None
    value = {
        "id": said.id,
        "from": {"id": said.author_id, "username": said.author_handle},
        "media": {"id": said.root_id, "media_product_type": "FEED"},
        "text": said.text,
    }
    return {"field": "comments", "value": value | _parent(said)}


def _parent(said: Said) -> dict[str, str]:
    return {} if said.parent_id == said.root_id else {"parent_id": said.parent_id}
