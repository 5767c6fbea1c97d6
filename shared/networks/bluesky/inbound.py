"""From a post as the network shows it to a sighting."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.networks.bluesky import record
from shared.networks.capabilities import Author, Media, RawChange, Sighting
from shared.networks.reading import in_utc
from shared.networks.understanding import in_words

NETWORK = "bluesky"
SEEN, GONE = "seen", "gone"
KEPT = ("uri", "cid", "record", "embed", "indexedAt", "labels")
KEPT_OF_AUTHOR = ("did", "handle", "displayName")
TITLE_LENGTH = 80


def change(
    account_id: str, view: Mapping[str, Any], *, hidden: bool, title: str = "", backdated: bool = False
) -> RawChange:
    """A post's view as a raw change, without the counters that change every minute.

    `hidden`: in its thread's list of hidden replies; `title`: how the thread begins, where known; `backdated`: its
    own time is older than the moment when it cannot have been there yet.
    """
    post = {name: view[name] for name in KEPT if name in view}
    post["author"] = {name: view["author"][name] for name in KEPT_OF_AUTHOR if name in view["author"]}
    body = {"post": post, "hidden": hidden, "title": title[:TITLE_LENGTH], "backdated": backdated}
    packed = json.dumps(body, ensure_ascii=False).encode(errors="replace")
    return RawChange(NETWORK, account_id, view["uri"], SEEN, packed)


def gone(account_id: str, uri: str) -> RawChange:
    """The network was asked for the record itself, and has it no more."""
    return RawChange(NETWORK, account_id, uri, GONE, b"{}")


def root_of(view: Mapping[str, Any]) -> str:
    """The first post of the thread that a post stands in."""
    return str(view["record"].get("reply", {}).get("root", {}).get("uri", view["uri"]))


def normalise(raw: RawChange) -> Sighting:
    """Raises ValueError where the body is not a post."""
    if raw.kind == GONE:
        return Sighting("deleted", raw.external_id, "", Author(""))
    try:
        body = json.loads(raw.body)
        return in_words(_sighting(raw.account_id, body["post"], body))
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a post: {error!r}") from error


def _sighting(account_id: str, post: Mapping[str, Any], body: Mapping[str, Any]) -> Sighting:
    said, author = post["record"], post["author"]
    parent, root = said.get("reply", {}).get("parent", {}).get("uri", ""), root_of(post)
    embed = post.get("embed") or {}
    return Sighting(
        kind="created",
        external_id=post["uri"],
        thread_external_id=root,
        parent_external_id=parent,
        author=Author(
            author["did"],
            author.get("displayName") or author.get("handle", ""),
            author.get("handle", ""),
            f"https://bsky.app/profile/{author.get('handle') or author['did']}",
        ),
        author_is_brand=author["did"] == account_id,
        text=_text(said, embed),
        media=_media(embed),
        interaction_kind=_kind(account_id, author["did"], parent, root),
        language=next(iter(said.get("langs") or ()), ""),
        said_at=None if body.get("backdated") else _moment(post.get("indexedAt") or said["createdAt"]),
        version=post["cid"],
        visibility="hidden" if body.get("hidden") else "public",
        permalink=record.page(post["uri"], author.get("handle", "")),
        extra={"cid": post["cid"], "thread_title": body.get("title", "")},
    )


def _moment(told: str) -> datetime:
    """Whoever wrote a record dates it, in whatever form."""
    return in_utc(datetime.fromisoformat(told))


def _kind(account_id: str, author_id: str, parent: str, root: str) -> str:
    """A comment answers our post, a reply stands deeper in our thread or answers us; anything else names us."""
    ours = f"at://{account_id}/"
    if author_id == account_id and not parent:
        return "post"
    if parent and parent == root and root.startswith(ours):
        return "comment"
    return "reply" if parent and (root.startswith(ours) or parent.startswith(ours)) else "mention"


def _text(said: Mapping[str, Any], embed: Mapping[str, Any]) -> str:
    """The words, and the addresses that they only hint at: apps shorten what they show."""
    text = str(said.get("text", ""))
    features = [feature for facet in said.get("facets", ()) for feature in facet.get("features", ())]
    addresses = [feature["uri"] for feature in features if feature.get("uri")]
    card = _shown(embed).get("external", {}).get("uri")
    hidden = [one for one in dict.fromkeys([*addresses, *([card] if card else [])]) if one not in text]
    return "\n".join([text, *(f"({one})" for one in hidden)]).strip()


def _media(embed: Mapping[str, Any]) -> Sequence[Media]:
    shown = _shown(embed)
    images = [Media(one["fullsize"], "image/jpeg", one.get("alt", "")) for one in shown.get("images", ())]
    if shown.get("thumbnail") and shown.get("playlist"):
        images.append(Media(shown["thumbnail"], "image/jpeg", shown.get("alt", "")))
    return images


def _shown(embed: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the post itself shows: one that quotes another has it a level deeper."""
    found: Mapping[str, Any] = embed.get("media") or embed
    return found
