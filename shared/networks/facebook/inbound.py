"""Facebook's webhooks and objects, read.

Webhooks: https://developers.facebook.com/docs/graph-api/webhooks/reference/page/#feed, read 2026-11-21.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from shared.networks.capabilities import Author, Media, RawChange, Sighting
from shared.networks.meta.graph import moment
from shared.networks.reading import listed, loaded, mapping, nested, packed, text

POSTS = frozenset({"post", "status", "photo", "video", "share", "link", "album"})
CREATED = frozenset({"add"})
EDITED = frozenset({"edit", "edited", "update"})
DELETED = frozenset({"remove", "delete"})
VISIBILITY = {"hide": "hidden", "unhide": "public"}


def split(body: bytes) -> Sequence[RawChange]:
    """One change a part; parts that concern no wall come too, for the record. Raises ValueError."""
    call = loaded(body)
    if call.get("object") != "page":
        raise ValueError("not a page webhook")
    return [change for entry in listed(call, "entry") for change in _entry(entry)]


def _entry(entry: Mapping[str, Any]) -> Iterator[RawChange]:
    page = text(entry, "id")
    for change in listed(entry, "changes") if "changes" in entry else ():
        value = mapping(change.get("value"))
        words = (str(change.get("field", "")), str(value.get("item", "")), str(value.get("verb", "")))
        external_id = str(value.get("comment_id") or value.get("post_id") or "")
        yield RawChange("facebook", page, external_id, ".".join(word for word in words if word), packed(value))


def normalise(raw: RawChange) -> Sighting | None:
    """What a webhook's change, or an object read by a poll, says about the wall. Raises ValueError."""
    value = loaded(raw.body)
    if raw.kind.startswith("read."):
        return _object(value, raw.account_id)
    if not raw.kind.startswith("feed."):
        return None
    item = str(value.get("item"))
    if item == "comment":
        return _told(value, raw.account_id, text(value, "comment_id"))
    if item in POSTS:
        return _told(value, raw.account_id, text(value, "post_id"))
    return None


def _told(value: Mapping[str, Any], page: str, external_id: str) -> Sighting | None:
    """A change of a comment or a post."""
    verb = str(value.get("verb"))
    thread = text(value, "post_id")
    author = _author(value.get("from"))
    seen = Sighting("deleted", external_id, thread, author, extra={"post_id": thread})
    if verb in DELETED:
        return seen
    if verb in VISIBILITY:
        return replace(seen, kind="visibility", visibility=VISIBILITY[verb])
    if verb not in CREATED | EDITED:
        return None
    parent = str(value.get("parent_id") or "") if external_id != thread else ""
    photo = value.get("photo")
    return replace(
        seen,
        kind="created" if verb in CREATED else "edited",
        author_is_brand=author.external_id == page,
        text=str(value.get("message") or ""),
        parent_external_id=parent,
        interaction_kind=_kind(external_id, thread, parent),
        media=(Media(str(photo), "image"),) if photo else (),
        said_at=_unix(value.get("created_time")) if verb in CREATED else None,
        permalink=_permalink(value),
    )


def _object(found: Mapping[str, Any], page: str) -> Sighting:
    """A post or comment as Graph gives it; a poll adds `post_id` to a comment."""
    external_id = text(found, "id")
    thread = str(found.get("post_id") or nested(found, "object", "id") or external_id)
    parent = "" if thread == external_id else str(nested(found, "parent", "id") or thread)
    author = _author(found.get("from"))
    return Sighting(
        kind="created",
        external_id=external_id,
        thread_external_id=thread,
        parent_external_id=parent,
        interaction_kind=_kind(external_id, thread, parent),
        author=author,
        author_is_brand=author.external_id == page,
        text=str(found.get("message") or ""),
        media=tuple(_media(found)),
        said_at=moment(text(found, "created_time")),
        visibility="hidden" if found.get("is_hidden") is True else "public",
        permalink=str(found.get("permalink_url") or ""),
        extra={"post_id": thread},
    )


def _kind(external_id: str, thread: str, parent: str) -> str:
    if external_id == thread:
        return "post"
    return "comment" if parent in ("", thread) else "reply"


def _media(found: Mapping[str, Any]) -> Iterator[Media]:
    several = nested(found, "attachments", "data")
    for one in [*(several if isinstance(several, list) else ()), found.get("attachment")]:
        if source := nested(one, "media", "image", "src"):
            yield Media(str(source), "video" if "video" in str(one.get("type")) else "image")


def _author(value: Any) -> Author:
    """Nobody's id is empty: Graph leaves `from` out where the person did not agree to be named."""
    found = value if isinstance(value, dict) else {}
    return Author(str(found.get("id") or ""), str(found.get("name") or ""))


def _permalink(value: Mapping[str, Any]) -> str:
    return str(value.get("permalink_url") or nested(value, "post", "permalink_url") or "")


def _unix(value: Any) -> datetime | None:
    if not isinstance(value, int):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("created_time is no time") from error


def raw_object(page: str, found: Mapping[str, Any], post_id: str = "") -> RawChange:
    """An object that a poll or a reading found, as a change; `post_id` names a comment's thread."""
    kind = "read.comment" if post_id else "read.post"
    body = {**found, "post_id": post_id} if post_id else found
    return RawChange("facebook", page, text(found, "id"), kind, packed(body))
