"""From a feed's bytes to entries, and from an entry to a sighting."""

import json
from calendar import timegm
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

import feedparser

from shared.networks import html_text
from shared.networks.capabilities import Author, Media, RawChange, Refused, Sighting
from shared.networks.reading import in_utc
from shared.networks.rules import load
from shared.networks.understanding import in_words

NETWORK = "feed"
SEEN = "seen"
ID_LENGTH = 200
TEXT_LENGTH = 10_000


def parse(body: bytes, url: str, content_type: str) -> tuple[str, Sequence[Mapping[str, Any]]]:
    """The feed's title and its entries as plain values, in the feed's order. Pure, and slow on large feeds."""
    if b"<!entity" in body.replace(b"\0", b"").lower():
        raise Refused("a feed that defines entities of its own is not read", "entities")
    # As a stream: bytes by themselves would be tried as the name of a file to open.
    headers = {"content-location": url, "content-type": content_type}
    parsed = feedparser.parse(BytesIO(body), response_headers=headers)
    if not parsed.version and not parsed.entries:
        raise Refused("there is no RSS or Atom feed at this address", "not_a_feed")
    title, language = parsed.feed.get("title", ""), parsed.feed.get("language", "")
    most = load("feed")["feed.entries"].value
    return title, [_entry(entry, title, language) for entry in parsed.entries[:most]]


def _entry(entry: Any, title: str, language: str) -> Mapping[str, Any]:
    contents = entry.get("content") or [{}]
    author = entry.get("author_detail") or {}
    identity = entry.get("id") or entry.get("link") or f"{entry.get('title', '')}{entry.get('published', '')}"
    images = [one for one in entry.get("enclosures", ()) if str(one.get("type", "")).startswith("image/")]
    return {
        "id": identity if len(identity) <= ID_LENGTH else sha256(identity.encode()).hexdigest(),
        "title": entry.get("title", ""),
        "html": contents[0].get("value") or entry.get("summary", ""),
        "link": entry.get("link", ""),
        "author": author.get("name") or title,
        "author_url": author.get("href", ""),
        "published": _time(entry.get("published_parsed")),
        "updated": _time(entry["updated_parsed"]) if "updated_parsed" in entry else "",
        "language": contents[0].get("language") or language or "",
        "images": [{"url": one["href"], "type": one["type"]} for one in images if one.get("href")],
        "feed": title,
    }


def _time(parts: Any) -> str:
    return datetime.fromtimestamp(timegm(parts), UTC).isoformat() if parts else ""


def change(account_id: str, entry: Mapping[str, Any]) -> RawChange:
    """One entry as a raw change."""
    body = json.dumps(entry, ensure_ascii=False).encode(errors="replace")
    return RawChange(NETWORK, account_id, entry["id"], SEEN, body)


def normalise(raw: RawChange) -> Sighting:
    """An entry speaks of the brand, to everybody: a mention. Raises ValueError where the body is not an entry."""
    try:
        return in_words(_sighting(raw, json.loads(raw.body)))
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not an entry: {error!r}") from error


def _sighting(raw: RawChange, entry: Mapping[str, Any]) -> Sighting:
    said_at, title = entry["published"] or entry["updated"], entry["title"]
    text, images = html_text.read(entry["html"], newlines_count=False)
    heading = html_text.read(title, newlines_count=False)[0]
    return Sighting(
        kind="created",
        external_id=entry["id"],
        thread_external_id=entry["id"],
        author=Author(f"{raw.account_id}#{entry['author']}", entry["author"], url=entry["author_url"]),
        text="\n\n".join(part for part in (heading, text) if part)[:TEXT_LENGTH],
        interaction_kind="mention",
        language=entry["language"],
        media=[*(Media(one["url"], one["type"]) for one in entry["images"]), *images],
        said_at=in_utc(datetime.fromisoformat(said_at)) if said_at else None,
        version=entry["updated"],
        permalink=entry["link"],
        extra={"thread_title": heading, "feed": entry["feed"]},
    )
