"""Mastodon's entities in its own shapes."""

import html
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from parvis.simulator.records import Account, Notification, Person, Said
from parvis.simulator.world import World, living

MENTION = re.compile(r"(?<![\w/@])@([a-z0-9_]+)(@[a-z0-9.:-]+)?", re.IGNORECASE)
URL = re.compile(r"https?://[^\s<>\"]+")
MAX_CHARACTERS = 500


class MastodonError(Exception):
    """`{"error": text}` with a status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def not_found() -> MastodonError:
    return MastodonError(404, "Record not found")


def time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def content(text: str, origin: str) -> str:
    """Paragraphs, links cut short for the eye, mentions as cards: what a reader has to undo."""
    paragraphs = [f"<p>{_inline(part, origin)}</p>" for part in re.split(r"\n{2,}", text.strip()) if part]
    return "".join(paragraphs).replace("\n", "<br />")


def _inline(text: str, origin: str) -> str:
    pieces, end = [], 0
    for found in re.finditer(f"{URL.pattern}|{MENTION.pattern}", text, re.IGNORECASE):
        pieces.append(html.escape(text[end : found.start()], quote=False))
        pieces.append(_link(found[0]) if "://" in found[0] else _card(found[1], origin))
        end = found.end()
    return "".join(pieces) + html.escape(text[end:], quote=False)


def _link(url: str) -> str:
    scheme, rest = url.split("://", 1)
    shown, hidden = rest[:30], rest[30:]
    ellipsis = ' class="ellipsis"' if hidden else ""
    return (
        f'<a href="{html.escape(url)}" target="_blank" rel="nofollow noopener">'
        f'<span class="invisible">{scheme}://</span><span{ellipsis}>{html.escape(shown)}</span>'
        f'<span class="invisible">{html.escape(hidden)}</span></a>'
    )


def _card(name: str, origin: str) -> str:
    url = f"{origin}/@{name}"
    return f'<span class="h-card" translate="no"><a href="{url}" class="u-url mention">@<span>{name}</span></a></span>'


def person(who: Person, origin: str, note: str = "") -> dict[str, Any]:
    picture = f"{origin}/static/person.svg"
    return {
        "id": who.id, "username": who.handle, "acct": who.handle, "display_name": who.name,
        "url": f"{origin}/@{who.handle}", "uri": f"{origin}/users/{who.handle}", "note": note,
        "avatar": picture, "avatar_static": picture, "header": picture, "header_static": picture,
        "locked": False, "bot": False, "group": False, "discoverable": True, "indexable": True,
        "created_at": "2024-01-01T00:00:00.000Z", "last_status_at": None, "fields": [], "emojis": [],
        "followers_count": 0, "following_count": 0, "statuses_count": 0,
    }  # fmt: skip


def credentials(account: Account, origin: str) -> dict[str, Any]:
    source = {"privacy": "public", "sensitive": False, "language": account.languages[0], "note": "", "fields": [],
              "follow_requests_count": 0, "hide_collections": None, "discoverable": True, "indexable": True,
              "attribution_domains": [], "quote_policy": "public"}  # fmt: skip
    role = {"id": "-99", "name": "", "permissions": "0", "color": "", "highlighted": False}
    return person(Person(account.id, account.name, account.handle), origin) | {"source": source, "role": role}


def status(said: Said, world: World, origin: str) -> dict[str, Any]:
    parent = world.things.get(said.parent_id)
    url = f"{origin}/@{said.author_handle}/{said.id}"
    return {
        "id": said.id, "created_at": time(said.created_at),
        "edited_at": time(said.edited_at) if said.edited_at else None,
        "in_reply_to_id": said.parent_id or None, "in_reply_to_account_id": parent.author_id if parent else None,
        "sensitive": False, "spoiler_text": "", "visibility": said.visibility, "language": said.language or None,
        "uri": f"{origin}/users/{said.author_handle}/statuses/{said.id}", "url": url,
        "content": content(said.text, origin), "reblog": None, "card": None, "poll": None,
        "replies_count": len(living(world.answers(said))),
        "reblogs_count": 0, "favourites_count": 0, "quotes_count": 0,
        "account": person(Person(said.author_id, said.author_name, said.author_handle), origin),
        "media_attachments": [_media(world, url, place) for place, url in enumerate(said.media)],
        "mentions": [_mention(name, world, origin) for name in _mentioned(said.text)],
        "tags": [], "emojis": [],
    }  # fmt: skip


def _mentioned(text: str) -> Sequence[str]:
    return tuple(dict.fromkeys(found[1].lower() for found in MENTION.finditer(text)))


def _mention(name: str, world: World, origin: str) -> dict[str, Any]:
    own = (one.id for one in world.accounts.values() if one.network == "mastodon" and one.handle == name)
    account_id = next(own, world.people.get(name, "0"))
    return {"id": account_id, "username": name, "acct": name, "url": f"{origin}/@{name}"}


def _media(world: World, url: str, place: int) -> dict[str, Any]:
    """What was uploaded has a description; what a person's utterance only names by address has none."""
    uploaded = world.media.get(url.rpartition("/media/")[2], {})
    return {"id": str(uploaded.get("id", place + 1)), "type": "image", "url": url, "preview_url": url,
            "remote_url": None, "meta": {}, "description": uploaded.get("description") or None,
            "blurhash": None}  # fmt: skip


def notification(told: Notification, world: World, origin: str) -> dict[str, Any]:
    said = world.things[told.said_id]
    return {
        "id": told.id, "type": told.type, "created_at": time(told.created_at), "group_key": f"ungrouped-{told.id}",
        "account": person(Person(said.author_id, said.author_name, said.author_handle), origin),
        "status": status(said, world, origin),
    }  # fmt: skip


def instance(origin: str, max_characters: int) -> dict[str, Any]:
    statuses = {"max_characters": max_characters, "max_media_attachments": 4, "characters_reserved_per_url": 23}
    media = {"supported_mime_types": ["image/jpeg", "image/png", "image/webp"], "image_size_limit": 16777216,
             "image_matrix_limit": 33177600, "video_size_limit": 103809024, "video_frame_rate_limit": 120,
             "video_matrix_limit": 8294400, "description_limit": 1500}  # fmt: skip
    polls = {"max_options": 4, "max_characters_per_option": 50, "min_expiration": 300, "max_expiration": 2629746}
    configuration = {
        "accounts": {"max_featured_tags": 10, "max_pinned_statuses": 5}, "statuses": statuses, "polls": polls,
        "media_attachments": media, "translation": {"enabled": False}, "urls": {},
    }  # fmt: skip
    return {
        "domain": origin.partition("://")[2], "title": "Simulated instance", "version": "4.5.0 (compatible; simulator)",
        "source_url": origin, "description": "", "usage": {"users": {"active_month": 0}},
        "thumbnail": {"url": f"{origin}/static/person.svg"}, "icon": [], "languages": ["fr", "en"],
        "configuration": configuration,
        "registrations": {"enabled": False, "approval_required": True, "message": None, "url": None},
        "api_versions": {"mastodon": 7}, "contact": {"email": "nobody@social.example", "account": None}, "rules": [],
    }  # fmt: skip
