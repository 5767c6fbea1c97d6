"""Instagram's webhooks and objects, read.

Webhooks: https://developers.facebook.com/docs/graph-api/webhooks/reference/instagram/, read 2026-11-21. They tell of
new comments and of mentions, never of an edit, a deletion or a hiding: those only a poll finds.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from shared.networks.capabilities import Author, Media, RawChange, Sighting
from shared.networks.meta.graph import moment
from shared.networks.reading import listed, loaded, mapping, nested, packed, text

COMMENTS = frozenset({"comments", "live_comments"})


def split(body: bytes) -> Sequence[RawChange]:
    """One change a part; parts that are no comment come too, for the record. Raises ValueError."""
    call = loaded(body)
    if call.get("object") != "instagram":
        raise ValueError("not an Instagram webhook")
    return [change for entry in listed(call, "entry") for change in _entry(entry)]


def _entry(entry: Mapping[str, Any]) -> Iterator[RawChange]:
    account = text(entry, "id")
    for change in _changes(entry):
        value = mapping(change.get("value"))
        external_id = str(value.get("id") or value.get("comment_id") or value.get("media_id") or "")
        told = {**value, "told_at": entry.get("time")}
        yield RawChange("instagram", account, external_id, str(change.get("field", "")), packed(told))


def _changes(entry: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Of an account that signed in to Instagram itself the entry is the one change.

    https://developers.facebook.com/docs/instagram-platform/webhooks/examples, read 2026-11-23.
    """
    if "changes" in entry:
        return listed(entry, "changes")
    return [entry] if "field" in entry else []


def normalise(raw: RawChange) -> Sighting | None:
    """What a webhook's change, or an object read by a poll, says. Raises ValueError."""
    value = loaded(raw.body)
    if raw.kind.startswith("read."):
        return _media_object(value, raw) if raw.kind == "read.media" else _comment(value, raw)
    if raw.kind in COMMENTS:
        return _comment(value, raw)
    if raw.kind == "mentions":
        return _notice(value)
    return None


def _notice(value: Mapping[str, Any]) -> Sighting:
    """A mention is told by its ids alone: ingest asks what it says."""
    media = text(value, "media_id")
    extra = {"thread": media, "parent": "", "mention": "1"}
    return Sighting("noticed", str(value.get("comment_id") or media), media, Author(""), extra=extra)


def _comment(value: Mapping[str, Any], raw: RawChange) -> Sighting:
    external_id, author = text(value, "id"), _author(value)
    thread = str(value.get("media_id") or nested(value, "media", "id") or "")
    if not thread:
        raise ValueError("the comment's media is missing")
    parent, is_mention = str(value.get("parent_id") or ""), bool(value.get("mention"))
    return Sighting(
        kind="created",
        external_id=external_id,
        thread_external_id=thread,
        parent_external_id=parent or thread,
        author=author,
        author_is_brand=author.external_id == raw.account_id,
        text=str(value.get("text") or ""),
        interaction_kind="mention" if is_mention else "reply" if parent else "comment",
        said_at=moment(str(value["timestamp"])) if value.get("timestamp") else _unix(value.get("told_at")),
        visibility="hidden" if value.get("hidden") is True else "public",
        # an answer to an answer is put below the comment above it: `reply` reads this back
        extra={"thread": thread, "parent": parent} | ({"mention": "1"} if is_mention else {}),
    )


def _media_object(value: Mapping[str, Any], raw: RawChange) -> Sighting:
    external_id, is_mention = text(value, "id"), bool(value.get("mention"))
    owner = str(nested(value, "owner", "id") or ("" if is_mention else raw.account_id))
    author = _named(owner, str(value.get("username") or ""))
    extra = {"thread": external_id, "parent": ""} | ({"mention": "1"} if is_mention else {})
    return Sighting(
        kind="created",
        external_id=external_id,
        thread_external_id=external_id,
        author=author,
        author_is_brand=owner == raw.account_id,
        text=str(value.get("caption") or ""),
        interaction_kind="post" if owner == raw.account_id else "mention",
        media=tuple(_shown(value)),
        said_at=moment(text(value, "timestamp")),
        permalink=str(value.get("permalink") or ""),
        extra=extra,
    )


def _shown(value: Mapping[str, Any]) -> Iterator[Media]:
    several = nested(value, "children", "data")
    for one in several if isinstance(several, list) and several else [value]:
        if source := nested(one, "media_url"):
            kind = "video" if str(nested(one, "media_type")) == "VIDEO" else "image"
            yield Media(str(source), kind, str(nested(one, "alt_text") or ""))


def _author(value: Mapping[str, Any]) -> Author:
    """By the id that Instagram gives a person for this account; where it gives none, by their name there."""
    name = str(nested(value, "from", "username") or value.get("username") or "")
    return _named(str(nested(value, "from", "id") or nested(value, "user", "id") or name), name)


def _named(external_id: str, name: str) -> Author:
    return Author(external_id, name, name, f"https://www.instagram.com/{name}/" if name else "")


def _unix(value: Any) -> datetime | None:
    if not isinstance(value, int):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise ValueError("the call's time is no time") from error


def raw_media(account_id: str, found: Mapping[str, Any]) -> RawChange:
    """Something on a wall, as a poll or a reading found it."""
    return RawChange("instagram", account_id, text(found, "id"), "read.media", packed(found))


def raw_comment(account_id: str, found: Mapping[str, Any], media_id: str, parent: str = "") -> RawChange:
    """A comment below `media_id`; `parent`: the comment that it answers."""
    above = {"media_id": media_id} | ({"parent_id": parent} if parent else {})
    kept = {name: value for name, value in found.items() if name != "replies"}
    return RawChange("instagram", account_id, text(found, "id"), "read.comment", packed({**kept, **above}))
