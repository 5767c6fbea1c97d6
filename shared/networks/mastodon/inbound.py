"""Mastodon's statuses, read: plain text out of its HTML, and where each stands."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from shared.networks.capabilities import Author, Media, RawChange, Sighting
from shared.networks.html_text import LINK, Tolerant
from shared.networks.mastodon.api import Entity, moment

NAMES = ("@", "#")  # a mention, a hashtag: their addresses say no more than they do


class _Text(Tolerant):
    """Paragraphs and line breaks become new lines; all else is what stands between the tags."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.parts.append("\n")
        elif tag in ("p", "li", "blockquote", "pre") and self.parts:
            self.parts.append("\n" if tag == "li" else "\n\n")


class _Shown(_Text):
    """Other servers let a word be a link: the address that it hides stands beside it, where a moderator sees it."""

    def __init__(self) -> None:
        super().__init__()
        self._address, self._label = "", 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        if tag == "a":
            self._address, self._label = dict(attrs).get("href") or "", len(self.parts)

    def handle_endtag(self, tag: str) -> None:
        label = "".join(self.parts[self._label :]) if tag == "a" and LINK.match(self._address) else ""
        if label and not label.startswith(NAMES) and unquote(self._address.rstrip("/")) not in unquote(label):
            self.parts.append(f" ({self._address})")
        if tag == "a":
            self._address = ""


def plain(html: str) -> str:
    """A status' HTML as the text that was written; links come out whole."""
    return _Text().read(html).strip()


def raw_status(account_id: str, status: Entity, thread: str) -> RawChange:
    """A status that a poll or a reading found; `thread`: the id of its conversation's first status."""
    body = {"thread": thread, "status": status}
    packed = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    return RawChange("mastodon", account_id, str(status["id"]), "read.status", packed)


def normalise(raw: RawChange) -> Sighting | None:
    """What a status says. A boost says nothing of its own: None. Raises ValueError."""
    try:
        found = json.loads(raw.body)
        status, thread = found["status"], str(found["thread"])
        return None if status.get("reblog") else _sighting(status, thread, raw.account_id)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a status: {error!r}") from error


def _sighting(status: Mapping[str, Any], thread: str, own_id: str) -> Sighting:
    author, warning = _author(status["account"]), str(status.get("spoiler_text") or "")
    text = _Shown().read(str(status["content"])).strip()
    parent = str(status.get("in_reply_to_id") or "")
    visibility = str(status.get("visibility") or "public")
    return Sighting(
        kind="created",
        external_id=str(status["id"]),
        thread_external_id=thread,
        parent_external_id=parent,
        author=author,
        author_is_brand=author.external_id == own_id,
        text=f"{warning}\n\n{text}" if warning else text,
        interaction_kind=_kind(visibility, parent, author.external_id == own_id),
        language=str(status.get("language") or ""),
        media=tuple(_media(one) for one in status.get("media_attachments") or ()),
        said_at=moment(str(status["created_at"])),
        version=str(status.get("edited_at") or ""),
        permalink=str(status.get("url") or status.get("uri") or ""),
        # an answer to a private status must stay private: `reply` reads this back
        extra={"thread": thread, "visibility": visibility},
    )


def _kind(visibility: str, parent: str, is_brand: bool) -> str:
    if visibility == "direct":
        return "message"
    if parent:
        return "reply"
    return "post" if is_brand else "mention"


def _author(account: Mapping[str, Any]) -> Author:
    name = str(account.get("display_name") or account["username"])
    return Author(str(account["id"]), name, str(account["acct"]), str(account.get("url") or ""))


def _media(found: Mapping[str, Any]) -> Media:
    return Media(str(found.get("url") or ""), str(found.get("type") or ""), str(found.get("description") or ""))
