"""From a feed's bytes to entries, and from an entry to a sighting."""

import json
import re
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
REFERENCES = re.compile(rb"(?:&#(?:[xX][0-9a-fA-F]+|[0-9]+);)+")
REFERENCE = re.compile(rb"#([xX]?)([0-9a-fA-F]+)")
LAST, HALVES, NO_CHARACTER = 0x10FFFF, range(0xD800, 0xE000), 0xFFFD


def parse(body: bytes, url: str, content_type: str) -> tuple[str, Sequence[Mapping[str, Any]]]:
    """The feed's title and its entries as plain values, in the feed's order. Pure, and slow on large feeds."""
    if b"<!entity" in body.replace(b"\0", b"").lower():
        raise Refused("a feed that defines entities of its own is not read", "entities")
    # As a stream: bytes by themselves would be tried as the name of a file to open.
    headers = {"content-location": url, "content-type": content_type}
    parsed = feedparser.parse(BytesIO(_mended(body)), response_headers=headers)
    if not parsed.version and not parsed.entries:
        raise Refused("there is no RSS or Atom feed at this address", "not_a_feed")
    title, language = parsed.feed.get("title", ""), parsed.feed.get("language", "")
    most = load("feed")["feed.entries"].value
    entries = (_entry(entry, title, language) for entry in parsed.entries[:most])
    return title, [entry for entry in entries if entry["id"]]


def _entry(entry: Any, title: str, language: str) -> Mapping[str, Any]:
    """As plain values; without an id where it says nothing at all."""
    contents = entry.get("content") or [{}]
    author = entry.get("author_detail") or {}
    heading, html = entry.get("title") or "", contents[0].get("value") or entry.get("summary") or ""
    identity = entry.get("id") or entry.get("link") or (heading and f"{heading}{entry.get('published', '')}")
    identity = identity or (html and sha256(html.encode()).hexdigest())
    images = [one for one in entry.get("enclosures", ()) if str(one.get("type", "")).startswith("image/")]
    return {
        "id": identity if len(identity) <= ID_LENGTH else sha256(identity.encode()).hexdigest(),
        "title": heading,
        "html": html,
        "link": entry.get("link") or "",
        "author": author.get("name") or title,
        "author_url": author.get("href") or "",
        "published": _time(entry.get("published_parsed")),
        "updated": _time(entry["updated_parsed"]) if "updated_parsed" in entry else "",
        "language": contents[0].get("language") or language or "",
        "images": [{"url": one["href"], "type": one["type"]} for one in images if one.get("href")],
        "feed": title,
    }


def _mended(body: bytes) -> bytes:
    """Without references to what is no character: for one of them nothing of the feed could be read."""
    return REFERENCES.sub(_characters, body)


def _characters(found: re.Match[bytes]) -> bytes:
    """As they stand where all are characters. Some hosts write an emoji as its two halves in UTF-16."""
    numbers = [_number(*one) for one in REFERENCE.findall(found[0])]
    if NO_CHARACTER not in numbers and not any(number in HALVES for number in numbers):
        return found[0]
    whole = "".join(map(chr, numbers)).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "".join(f"&#{ord(one)};" for one in whole).encode()


def _number(hexadecimal: bytes, digits: bytes) -> int:
    number = int(digits, 16 if hexadecimal else 10) if len(digits) <= 10 else NO_CHARACTER
    return number if number <= LAST else NO_CHARACTER


def _time(parts: Any) -> str:
    """Empty where there is none, or one that no calendar has."""
    try:
        return datetime.fromtimestamp(timegm(parts), UTC).isoformat() if parts else ""
    except (ValueError, OverflowError, OSError):
        return ""


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
