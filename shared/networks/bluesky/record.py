"""A post as a record in the account's repository, under a key of our choosing."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import regex

from shared.networks.capabilities import DeliveryKey, Refused, Rendition

POST = "app.bsky.feed.post"
TAG_LENGTH = 64
FRESH = timedelta(minutes=5)
SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"
LINK = regex.compile(r"https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]]", regex.IGNORECASE)
MENTION = regex.compile(
    r"(?<![\w@./])@([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+)", regex.I
)
TAG = regex.compile(r"(?<!\S)[#＃](?!\uFE0F)(\S*[^\s\p{P}])")


def key(delivery: DeliveryKey) -> str:
    """The delivery's record key: a TID, whose time is the delivery's second, and whose 30 further bits are its id's.

    Finer time is not used: what a database rounds must not change the key, and deliveries made in one instant differ.
    """
    mark = int.from_bytes(sha256(delivery.delivery_id.encode()).digest()[:8])
    microseconds = int(delivery.created_at.timestamp()) * 1_000_000 + mark % 1_000_000
    number = microseconds << 10 | mark >> 40 & 1023
    return "".join(SORTABLE[number >> 5 * place & 31] for place in reversed(range(13)))


def date(delivery: DeliveryKey, now: datetime) -> datetime:
    """When the post says it was made: with its delivery, so that an early retry is the very same record.

    What was planned long before is dated when it leaves, or readers' feeds would put it far down among old ones.
    """
    return delivery.created_at if now - delivery.created_at < FRESH else now


def time(moment: datetime) -> str:
    """A moment as records hold it, whole milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def words(rendition: Rendition) -> str:
    """What is sent as text. A link has a card of its own, unless images take its place."""
    link = rendition.link if rendition.media and rendition.link not in rendition.text else ""
    return "\n\n".join(part for part in (rendition.title, rendition.text, link) if part)


def post(text: str, at: datetime, people: Mapping[str, str], **more: Any) -> dict[str, Any]:
    """The record; `people` maps the handles in the text to their DIDs, `more` holds embed, reply, langs."""
    made = {"$type": POST, "text": text, "createdAt": time(at), **more}
    marks = facets(text, people)
    return {**made, "facets": marks} if marks else made


def handles(text: str) -> Sequence[str]:
    """The handles that a text mentions."""
    return list(dict.fromkeys(found.group(1).lower() for found in MENTION.finditer(text)))


def facets(text: str, people: Mapping[str, str]) -> Sequence[Mapping[str, Any]]:
    """Links, mentions of known people, and tags, each with its place in bytes."""
    kind = "app.bsky.richtext.facet"
    links = [(one.span(), {"$type": f"{kind}#link", "uri": one.group()}) for one in LINK.finditer(text)]
    mentions = [
        (one.span(), {"$type": f"{kind}#mention", "did": people[one.group(1).lower()]})
        for one in MENTION.finditer(text)
        if one.group(1).lower() in people
    ]
    tags = [
        (one.span(), {"$type": f"{kind}#tag", "tag": one.group(1)})
        for one in TAG.finditer(text)
        if not one.group(1).isdigit() and len(one.group(1)) <= TAG_LENGTH
    ]
    found = sorted([*links, *mentions, *tags], key=lambda pair: pair[0])
    return [_facet(text, span, feature) for span, feature in found]


def _facet(text: str, span: tuple[int, int], feature: Mapping[str, str]) -> Mapping[str, Any]:
    start, end = (len(text[:place].encode()) for place in span)
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}


def card(rendition: Rendition) -> Mapping[str, Any]:
    """The preview of a link: the name we give it, as nobody fetches the page."""
    title = rendition.title or urlsplit(rendition.link).netloc
    return {
        "$type": "app.bsky.embed.external",
        "external": {"uri": rendition.link, "title": title, "description": ""},
    }


def place(uri: str) -> tuple[str, str, str]:
    """Repository, collection and key of an `at://` address; raises ValueError for anything else."""
    parts = uri.removeprefix("at://").split("/")
    if not uri.startswith("at://did:") or len(parts) != 3:
        raise ValueError(f"{uri!r} is not the address of a record")
    return parts[0], parts[1], parts[2]


def target_place(uri: str) -> tuple[str, str, str]:
    """As `place`, of what an action is about: anything else is refused."""
    try:
        return place(uri)
    except ValueError as error:
        raise Refused(str(error), "wrong_target") from error


def page(uri: str, handle: str = "") -> str:
    """Where people see the post."""
    repository, _, name = place(uri)
    return f"https://bsky.app/profile/{handle or repository}/post/{name}"
