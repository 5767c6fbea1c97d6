"""From a comment as the REST API gives it to a sighting."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from shared.networks import html_text
from shared.networks.capabilities import Author, RawChange, Sighting
from shared.networks.understanding import in_words
from shared.networks.wordpress import names

NETWORK = "wordpress"
SEEN, GONE = "seen", "gone"
FIELDS = (
    "id,post,parent,author,author_name,author_url,author_avatar_urls,date_gmt,content,link,status,_links.up,_embedded"
)
VISIBILITY = {"approved": "public", "hold": "held", "spam": "spam", "trash": "trash", "post-trashed": "trash"}
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
UNSEEN = frozenset({"spam", "trash", "post-trashed"})
AVATAR = re.compile(r"/avatar/([0-9a-f]{32,64})")


def change(account_id: str, comment: Mapping[str, Any]) -> RawChange:
    """A comment of a list as a raw change: its own fields, and of the post above it the title and address only.

    The commenter's e-mail and network address are not asked for: they are nobody's business here.
    """
    kept = {name: value for name, value in comment.items() if not name.startswith("_")}
    above: Mapping[str, Any] = next(iter(comment.get("_embedded", {}).get("up", ())), {})
    kept["thread"] = {"title": above.get("title", {}).get("rendered", ""), "link": above.get("link", "")}
    body = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    return RawChange(NETWORK, account_id, names.comment(comment["id"]), SEEN, body.encode(errors="replace"))


def normalise(raw: RawChange) -> Sighting:
    """Raises ValueError where the body is not a comment."""
    if raw.kind == GONE:
        return Sighting("deleted", raw.external_id, "", Author(""))
    try:
        return in_words(_sighting(raw, json.loads(raw.body)))
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a comment: {error!r}") from error


def _sighting(raw: RawChange, comment: Mapping[str, Any]) -> Sighting:
    content = comment["content"]
    typed = content.get("raw")
    text, images = html_text.read(content["rendered"] if typed is None else typed, newlines_count=typed is not None)
    author = _author(raw.account_id, comment)
    thread = comment.get("thread", {})
    return Sighting(
        kind="created",
        external_id=names.comment(comment["id"]),
        thread_external_id=names.post(comment["post"]),
        parent_external_id=names.comment(comment["parent"]) if comment["parent"] else names.post(comment["post"]),
        author=author,
        author_is_brand=author.external_id == raw.account_id,
        text=text,
        media=images,
        interaction_kind="reply" if comment["parent"] else "comment",
        said_at=said_at(comment),
        visibility=VISIBILITY.get(comment["status"], "hidden"),
        permalink=comment["link"],
        extra={"thread_title": html_text.read(thread.get("title", ""), newlines_count=False)[0]},
    )


def said_at(comment: Mapping[str, Any]) -> datetime:
    """When the comment was made. One that was brought over without its date (`0000-00-00`) is old, whenever it was."""
    told = comment["date_gmt"]
    if not told or told.startswith(("-", "0000")):
        return LONG_AGO
    return datetime.fromisoformat(told).replace(tzinfo=UTC)


def _author(account_id: str, comment: Mapping[str, Any]) -> Author:
    """A visitor has no number: the public hash of the avatar tells one from another, or else the name."""
    site = account_id.rpartition("#")[0]
    name, address = comment["author_name"], comment.get("author_url", "")
    if comment["author"]:
        return Author(f"{site}#{comment['author']}", name, url=address)
    avatars = comment.get("author_avatar_urls") or {}
    avatar = AVATAR.search(next(iter(avatars.values()), "") or "")  # false where a plugin takes them away
    mark = avatar.group(1) if avatar else sha256(f"{name}\n{address}".encode()).hexdigest()[:32]
    return Author(f"{site}#visitor-{mark}", name, url=address)
