"""Facebook's Graph in its own shapes: objects, pages of objects, webhook changes, errors."""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from parvis.simulator.records import Account, Said
from parvis.simulator.world import World, living

RATE_CODES = (32, 4, 17)
POST_FIELDS = ("id", "message", "created_time")
COMMENT_FIELDS = ("created_time", "from", "message", "id")


class GraphError(Exception):
    """What Graph refuses, by its own code."""

    def __init__(self, code: int, message: str, status: int = 400, subcode: int = 0, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": f"(#{code}) {message}", "type": "OAuthException", "code": code, **more}
        if subcode:
            self.body["error_subcode"] = subcode
        self.body["fbtrace_id"] = "Simulated"


def missing(object_id: str) -> GraphError:
    """Graph's answer for what never was, is no more, or may not be seen: it does not say which."""
    text = (
        f"Unsupported get request. Object with ID '{object_id}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation"
    )
    return GraphError(100, text, subcode=33)


def throttled(code: int) -> GraphError:
    """`code` 4, 17 or 32, or 1390008: posting too fast."""
    if code == 1390008:
        return GraphError(368, "The action attempted has been deemed abusive or is otherwise disallowed", subcode=code)
    named = {4: "Application request limit reached", 17: "User request limit reached"}
    return GraphError(code, named.get(code, "Page request limit reached"), status=403 if code == 4 else 400)


def time(at: float) -> str:
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def field_names(fields: str, default: Sequence[str]) -> list[str]:
    """`id,from{id,name},replies.limit(5){id}` → names; what is asked inside braces is always given whole."""
    flat, before = fields, ""
    while flat != before:
        flat, before = re.sub(r"\{[^{}]*\}", "", flat), flat
    flat = re.sub(r"\.limit\(\d+\)", "", flat)
    return [name.strip() for name in flat.split(",") if name.strip()] or list(default)


def shape(said: Said, world: World, fields: Sequence[str], link: Callable[[Said], str]) -> dict[str, Any]:
    """The object with the fields asked for; Graph leaves out those that have no value."""
    values: dict[str, Callable[[], Any]] = {
        "id": lambda: said.id,
        "message": lambda: said.text or None,
        "created_time": lambda: time(said.created_at),
        "updated_time": lambda: time(_last_change(said, world)),
        "from": lambda: {"name": said.author_name, "id": said.author_id},
        "permalink_url": lambda: link(said),
        "is_hidden": lambda: said.hidden,
        "comment_count": lambda: len(living(world.answers(said))),
        "parent": lambda: None if said.is_root or said.parent_id == said.root_id else {"id": said.parent_id},
        "object": lambda: None if said.is_root else {"id": said.root_id},
        "can_hide": lambda: not said.is_root and said.author_id != said.account_id,
        "can_remove": lambda: True,
        "can_comment": lambda: True,
        "like_count": lambda: 0,
        "attachments": lambda: _attachments(said) if said.is_root else None,
        "attachment": lambda: None if said.is_root or not said.media else _attachments(said)["data"][0],  # type: ignore[index]
    }
    found = {name: values[name]() for name in dict.fromkeys((*fields, "id")) if name in values}
    return {name: value for name, value in found.items() if value is not None}


def _last_change(said: Said, world: World) -> float:
    """Graph's `updated_time` moves when somebody comments, not when a comment is edited."""
    return max([said.created_at, said.edited_at, *(one.created_at for one in living(world.below(said)))])


def _attachments(said: Said) -> dict[str, Any] | None:
    """Several photos are one album."""
    photos = [{"type": "photo", "media": {"image": {"src": url}}, "url": url} for url in said.media]
    if len(photos) > 1:
        photos = [{**photos[0], "type": "album", "subattachments": {"data": photos}}]
    shared = [{"type": "share", "url": said.link, "unshimmed_url": said.link}] if said.link else []
    return {"data": photos + shared} if photos or shared else None


def page_of(
    things: Sequence[Said], params: Mapping[str, str], url: str, default_limit: int = 25
) -> tuple[Sequence[Said], dict[str, Any]]:
    """The slice after the cursor, and Graph's `paging`. A cursor names an object, so new ones shift nothing."""
    limit = min(max(int(params.get("limit", default_limit) or default_limit), 1), 100)
    after = _decoded(params.get("after", ""))
    start = 0
    if after:
        start = next((at + 1 for at, one in enumerate(things) if one.id == after), len(things))
    chosen = things[start : start + limit]
    if not chosen:
        return chosen, {}
    cursors = {"before": _encoded(chosen[0].id), "after": _encoded(chosen[-1].id)}
    paging: dict[str, Any] = {"cursors": cursors}
    if start + limit < len(things):
        paging["next"] = f"{url}?limit={limit}&after={cursors['after']}"
    return chosen, {"paging": paging}


def since(things: Sequence[Said], params: Mapping[str, str]) -> list[Said]:
    """`since` and `until`: Unix seconds, or an ISO time."""
    first, last = _moment(params.get("since", "")), _moment(params.get("until", ""))
    return [
        one for one in things if (first is None or one.created_at >= first) and (last is None or one.created_at <= last)
    ]


def change(verb: str, said: Said, account: Account, now: float, link: str) -> dict[str, Any]:
    """A `feed` change as a webhook tells it."""
    value: dict[str, Any] = {
        "from": {"id": said.author_id, "name": said.author_name},
        "item": "comment" if not said.is_root else "status" if said.author_id == account.id else "post",
        "verb": verb,
        "created_time": int(said.created_at if verb in ("add", "edited") else now),
        "post_id": said.root_id,
    }
    if not said.is_root:
        value |= {"comment_id": said.id, "parent_id": said.parent_id}
        value["post"] = {"id": said.root_id, "permalink_url": link, "is_published": True}
    if verb in ("add", "edited"):
        value["message"] = said.text
        value |= {"photo": said.media[0]} if said.media else {}
    return {"field": "feed", "value": value}


def _encoded(object_id: str) -> str:
    return base64.urlsafe_b64encode(object_id.encode()).decode().rstrip("=")


def _decoded(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError as error:
        raise GraphError(100, "Invalid cursors values") from error


def _moment(value: str) -> float | None:
    if not value:
        return None
    try:
        return float(value) if value.isdigit() else datetime.fromisoformat(value).timestamp()
    except ValueError as error:
        raise GraphError(100, "Param since must be a valid date/time string") from error
