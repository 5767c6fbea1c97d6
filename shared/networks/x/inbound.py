"""X's posts and account activity, read.

Webhooks: https://docs.x.com/x-api/webhooks/introduction and …/account-activity/introduction, read 2026-11-21. An
edited post has a new id: what stays is the first of its history, and that is what we call it.
"""

import base64
import hashlib
import hmac
import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.networks.capabilities import Author, Media, RawChange, Sighting
from shared.networks.reading import listed, loaded, mapping, nested, packed, text
from shared.networks.x.api import moment

TOKEN = re.compile(r"[A-Za-z0-9+/=_.-]{1,200}")  # no JSON object is one


def verify(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """Whether `x-twitter-webhooks-signature` is the HMAC of exactly these bytes under the app's consumer secret."""
    told = next((value for name, value in headers.items() if name.lower() == "x-twitter-webhooks-signature"), "")
    return bool(secret) and told.isascii() and hmac.compare_digest(told, signature(body, secret))


def handshake(params: Mapping[str, str], secret: str) -> str | None:
    """What proves that we know the consumer secret (`crc_token`): asked at first, and hourly ever after.

    Anybody may ask, and the answer is the signature that a webhook of these bytes would carry: only what cannot be one
    is signed.
    """
    token = params.get("crc_token", "")
    if not secret or not TOKEN.fullmatch(token):
        return None
    return json.dumps({"response_token": signature(token.encode(), secret)})


def signature(content: bytes, secret: str) -> str:
    """As X writes it in a header, and as it wants its challenge answered."""
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), content, hashlib.sha256).digest()).decode()


def split(body: bytes) -> Sequence[RawChange]:
    """One post or deletion a part; none of a call that tells of our app's rights alone. Raises ValueError."""
    call = loaded(body)
    return [] if "user_event" in call else list(_parts(call, text(call, "for_user_id")))


def _parts(call: Mapping[str, Any], account: str) -> Iterator[RawChange]:
    for tweet in listed(call, "tweet_create_events") if "tweet_create_events" in call else ():
        yield RawChange("x", account, _first_told(tweet), "created", packed(tweet))
    for told in listed(call, "tweet_delete_events") if "tweet_delete_events" in call else ():
        status = mapping(told.get("status"))
        yield RawChange("x", account, text(status, "id"), "deleted", packed(status))


def normalise(raw: RawChange) -> Sighting | None:
    """What a webhook's change, or a post read by a poll, says. A repost says nothing of its own: None."""
    value = loaded(raw.body)
    if raw.kind == "created":
        return _told(value, raw.account_id)
    if raw.kind == "deleted":
        return Sighting("deleted", text(value, "id"), "", Author(""))
    if raw.kind.startswith("read."):
        return _read(mapping(value.get("post")), mapping(value.get("author")), value, raw.account_id)
    return None


def _told(tweet: Mapping[str, Any], account: str) -> Sighting | None:
    """A new post as account activity shapes it, whole where it is long."""
    if tweet.get("retweeted_status"):
        return None
    external_id, parent = _first_told(tweet), str(tweet.get("in_reply_to_status_id_str") or "")
    user = mapping(tweet.get("user"))
    author = _author(text(user, "id_str"), str(user.get("name") or ""), str(user.get("screen_name") or ""))
    # an answer's conversation is not told: where it stands, a poll says
    thread = str(tweet.get("conversation_id_str") or ("" if parent else external_id))
    if not thread:
        return Sighting("noticed", external_id, "", Author(""))
    words, shown = _words_told(tweet)
    return Sighting(
        kind="created",
        external_id=external_id,
        thread_external_id=thread,
        parent_external_id=parent,
        author=author,
        author_is_brand=author.external_id == account,
        text=words,
        interaction_kind=_kind(parent, author.external_id == account),
        language=_language(tweet),
        media=shown,
        said_at=_time(tweet.get("created_at")),
        version=text(tweet, "id_str"),
        permalink=_link(author.handle, external_id),
        extra={"thread": thread},
    )


def _first_told(tweet: Mapping[str, Any]) -> str:
    """As `first_id`, of a post as account activity shapes it."""
    return str(nested(tweet, "edit_history", "initial_tweet_id") or text(tweet, "id_str"))


def _words_told(tweet: Mapping[str, Any]) -> tuple[str, Sequence[Media]]:
    """What was written and shown: the same that a poll reads, or that would be taken for an edit."""
    extended = tweet.get("extended_tweet")
    whole = extended if isinstance(extended, dict) else tweet
    links, pictures = nested(whole, "entities", "urls"), nested(whole, "entities", "media")
    pictures = pictures if isinstance(pictures, list) else []
    words = str(whole.get("full_text") or whole.get("text") or "")
    several = nested(whole, "extended_entities", "media") or pictures
    return _written(words, [*(links if isinstance(links, list) else ()), *pictures]), tuple(_media(several))


def _read(post: Mapping[str, Any], person: Mapping[str, Any], value: Mapping[str, Any], account: str) -> Sighting:
    latest, external_id = text(post, "id"), first_id(post)
    author = _author(text(post, "author_id"), str(person.get("name") or ""), str(person.get("username") or ""))
    parent = replied_to(post)
    thread = text(post, "conversation_id")
    is_brand = author.external_id == account
    return Sighting(
        kind="created",
        external_id=external_id,
        thread_external_id=thread,
        parent_external_id=parent,
        author=author,
        author_is_brand=is_brand,
        text=plain(post),
        interaction_kind=_kind(parent, is_brand),
        language=_language(post),
        media=tuple(_media(value.get("media"))),
        said_at=moment(text(post, "created_at")),
        version=latest,
        permalink=_link(author.handle, external_id),
        extra={"thread": thread},
    )


def replied_to(post: Mapping[str, Any]) -> str:
    """The id of the post that it answers; empty where it answers none."""
    above = either(post, "referenced_posts", "referenced_tweets")
    for one in above if isinstance(above, list) else ():
        if nested(one, "type") == "replied_to":
            return str(one.get("id") or "")
    return ""


def first_id(post: Mapping[str, Any]) -> str:
    """The id that a post had before it was edited: each edit has a new one."""
    history = either(post, "edit_history_post_ids", "edit_history_tweet_ids")
    return str(history[0]) if isinstance(history, list) and history else text(post, "id")


def plain(post: Mapping[str, Any]) -> str:
    """What was written: whole, without X's own short links and the one that stands for a picture."""
    note = either(post, "note_post", "note_tweet")
    whole = note if isinstance(note, dict) else post
    return _written(str(whole.get("text") or ""), nested(whole, "entities", "urls"))


def _written(words: str, links: Any) -> str:
    """Unescaped before the links come in: those are not escaped, and `&copy=1` in one is no sign."""
    words = html.unescape(words)
    for link in links if isinstance(links, list) else ():
        short, pictured = str(nested(link, "url") or ""), nested(link, "media_key") or nested(link, "media_url_https")
        if short:
            words = words.replace(short, "" if pictured else str(nested(link, "expanded_url") or short))
    return words.strip()


def either(found: Mapping[str, Any], name: str, earlier: str) -> Any:
    """X renamed tweets to posts field by field: what it says by either name."""
    return found[name] if name in found else found.get(earlier)


def _kind(parent: str, is_brand: bool) -> str:
    if parent:
        return "reply"
    return "post" if is_brand else "mention"


def _language(post: Mapping[str, Any]) -> str:
    """X says `und` or `q…` of what has no language."""
    told = str(post.get("lang") or "")
    return told if len(told) == 2 else ""


def _author(external_id: str, name: str, handle: str) -> Author:
    return Author(external_id, name or handle, handle, f"https://x.com/{handle}" if handle else "")


def _link(handle: str, post_id: str) -> str:
    return f"https://x.com/{handle or 'i'}/status/{post_id}"


def _media(found: Any) -> Iterator[Media]:
    for one in found if isinstance(found, list) else ():
        # account activity calls the picture `media_url_https`, and `url` the short link in the text
        source = nested(one, "media_url_https") or nested(one, "url") or nested(one, "preview_image_url")
        if source:
            kind = "image" if nested(one, "type") == "photo" else "video"
            yield Media(str(source), kind, str(one.get("alt_text") or one.get("ext_alt_text") or ""))


def _time(value: Any) -> datetime | None:
    return datetime.strptime(str(value), "%a %b %d %H:%M:%S %z %Y") if value else None


def raw_post(account_id: str, post: Mapping[str, Any], includes: Any) -> RawChange:
    """A post that a poll or a reading found, with its author and media out of the answer's `includes`."""
    people, shown = nested(includes, "users") or (), nested(includes, "media") or ()
    keys = nested(post, "attachments", "media_keys") or ()
    author: Mapping[str, Any] = next((one for one in people if one.get("id") == post.get("author_id")), {})
    media = [one for one in shown if one.get("media_key") in keys]
    return RawChange(
        "x", account_id, first_id(post), "read.post", packed({"post": post, "author": author, "media": media})
    )
