"""LinkedIn's notifications, posts and comments, read.

Webhooks: https://learn.microsoft.com/linkedin/shared/api-guide/webhook-validation and
…/marketing/community-management/organizations/organization-social-action-notifications, read 2026-11-21. They name
people by ids alone and posts by the id of their activity: what somebody said is asked for, only a deletion is believed.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from shared.networks.capabilities import Author, RawChange, Sighting
from shared.networks.linkedin.api import encoded, last, moment
from shared.networks.linkedin.codes import plain
from shared.networks.reading import listed, loaded, mapping, nested, packed, text

TYPE = "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS"
COMMENT_URN = re.compile(r"urn:li:comment:\((?:urn:li:)?(\w+):(\d+),(\d+)\)")
SAID = frozenset({"COMMENT", "ADMIN_COMMENT", "COMMENT_EDIT"})
CODE = re.compile(r"[0-9A-Za-z-]{1,200}")  # a UUID, says LinkedIn; no signed body is one
ACTIONS = (*sorted(SAID), "COMMENT_DELETE", "SHARE_MENTION")


def verify(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """Whether `X-LI-Signature` is the HMAC of exactly these bytes under the app's client secret."""
    told = next((value for name, value in headers.items() if name.lower() == "x-li-signature"), "")
    return bool(secret) and told.isascii() and hmac.compare_digest(told.lower(), signature(body, secret))


def handshake(params: Mapping[str, str], secret: str) -> str | None:
    """What proves that we know the client secret (`challengeCode`): asked at first, and every two hours ever after.

    Anybody may ask, and the answer is the signature that a webhook of these bytes would carry: only what cannot be one
    is signed.
    """
    code = params.get("challengeCode", "")
    if not secret or not CODE.fullmatch(code):
        return None
    return json.dumps({"challengeCode": code, "challengeResponse": keyed(code.encode(), secret)})


def signature(body: bytes, secret: str) -> str:
    """As LinkedIn writes it in a header."""
    return keyed(b"hmacsha256=" + body, secret)


def keyed(content: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()


def split(body: bytes) -> Sequence[RawChange]:
    """One notification a part. Raises ValueError."""
    call = loaded(body)
    if call.get("type") != TYPE:
        raise ValueError("not a LinkedIn webhook")
    return [notice(one) for one in listed(call, "notifications")]


def notice(told: Mapping[str, Any]) -> RawChange:
    """A notification as it came, by webhook or by poll."""
    account = last(text(told, "organizationalEntity"))
    return RawChange("linkedin", account, subject(told), f"notice.{told.get('action')}", packed(told))


def subject(told: Mapping[str, Any]) -> str:
    """The URN of the comment or the post that a notification is about; empty where it names none."""
    decorated = mapping(told.get("decoratedGeneratedActivity") or {})
    whole = nested(decorated, "comment", "entity") or nested(decorated, "share", "entity")
    return comment_urn(str(whole or told.get("generatedActivity") or ""))


def comment_told(told: Mapping[str, Any]) -> dict[str, Any] | None:
    """The comment as a notification tells it; None where it holds no text of somebody's."""
    said = mapping(nested(told, "decoratedGeneratedActivity", "comment") or {})
    if not all(said.get(word) for word in ("owner", "text", "object")):
        return None
    at = {"time": told.get("lastModifiedAt")}
    edited = {"lastModified": at} if told.get("action") == "COMMENT_EDIT" else {}
    place = {"commentUrn": subject(told), "object": said["object"]}
    return place | {"actor": said["owner"], "message": {"text": said["text"]}, "created": at} | edited


def comment_urn(urn: str) -> str:
    """A comment's URN in the one form of several that LinkedIn writes; any other URN as it is."""
    found = COMMENT_URN.fullmatch(urn)
    return f"urn:li:comment:(urn:li:{found[1]}:{found[2]},{found[3]})" if found else urn


def parts_of(urn: str) -> tuple[str, str] | None:
    """The activity that a comment stands below, and its own id; None for what is no comment."""
    found = COMMENT_URN.fullmatch(urn)
    return (f"urn:li:{found[1]}:{found[2]}", found[3]) if found else None


def thread_of(told: Mapping[str, Any]) -> str:
    """The URN of the post below which it was said; empty where only its activity is named."""
    return str(nested(told, "decoratedSourcePost", "entity") or "")


def normalise(raw: RawChange) -> Sighting | None:
    """What a notification, or a post or comment that was read, says. Raises ValueError."""
    value = loaded(raw.body)
    match raw.kind:
        case "read.post":
            return _post(mapping(value.get("post")), value, raw.account_id)
        case "read.comment":
            return _comment(mapping(value.get("comment")), value, raw.account_id)
    if raw.kind.startswith("read."):
        raise ValueError(f"nothing of LinkedIn's is read as {raw.kind}")
    return _notice(value, raw) if raw.kind.startswith("notice.") else None


def _notice(told: Mapping[str, Any], raw: RawChange) -> Sighting | None:
    """Of a comment whose post only a poll names, a poll tells."""
    action, thread = raw.kind.partition(".")[2], thread_of(told)
    if action == "COMMENT_DELETE":
        return Sighting("deleted", raw.external_id, "", Author(""))
    if action == "SHARE_MENTION":
        extra = {"thread": raw.external_id, "parent": "", "mention": "1"}
        return Sighting("noticed", raw.external_id, raw.external_id, Author(""), extra=extra)
    if action not in SAID or not thread:
        return None
    version = str(told.get("lastModifiedAt") or "") if action == "COMMENT_EDIT" else ""
    extra = {"thread": thread, "parent": ""}
    return Sighting("noticed", raw.external_id, thread, Author(""), version=version, extra=extra)


def _post(post: Mapping[str, Any], value: Mapping[str, Any], account: str) -> Sighting:
    urn, is_mention = text(post, "id"), bool(value.get("mention"))
    author = _author(text(post, "author"), value.get("author"))
    return Sighting(
        kind="created",
        external_id=urn,
        thread_external_id=urn,
        author=author,
        author_is_brand=author.external_id == account,
        text=plain(str(post.get("commentary") or "")),
        interaction_kind="post" if author.external_id == account else "mention",
        said_at=moment(post.get("publishedAt") or post.get("createdAt")),
        permalink=f"https://www.linkedin.com/feed/update/{urn}/",
        extra={"thread": urn, "parent": ""} | ({"mention": "1"} if is_mention else {}),
    )


def _comment(comment: Mapping[str, Any], value: Mapping[str, Any], account: str) -> Sighting:
    urn, thread = urn_of(comment), text(value, "thread")
    parent = comment_urn(str(comment.get("parentComment") or ""))
    author = _author(text(comment, "actor"), value.get("author"))
    return Sighting(
        kind="created",
        external_id=urn,
        thread_external_id=thread,
        parent_external_id=parent or thread,
        author=author,
        author_is_brand=author.external_id == account,
        text=str(nested(comment, "message", "text") or ""),
        interaction_kind="reply" if parent else "comment",
        said_at=moment(nested(comment, "created", "time")),
        version=str(nested(comment, "lastModified", "time") or ""),
        permalink=f"https://www.linkedin.com/feed/update/{text(comment, 'object')}?commentUrn={encoded(urn)}",
        # an answer to an answer is put below the comment above it: `reply` reads this back
        extra={"thread": thread, "parent": parent},
    )


def urn_of(comment: Mapping[str, Any]) -> str:
    """A comment's URN; raises ValueError where it names none."""
    told = comment.get("commentUrn") or comment.get("$URN")
    return comment_urn(str(told or f"urn:li:comment:({text(comment, 'object')},{text(comment, 'id')})"))


def _author(urn: str, told: Any) -> Author:
    """Who said it. A member who hides from strangers has an id and no name."""
    found = mapping(told or {})
    first, family = (str(found.get(name) or "") for name in ("localizedFirstName", "localizedLastName"))
    name, handle = str(found.get("localizedName") or f"{first} {family}".strip()), str(found.get("vanityName") or "")
    kind = "company" if ":organization:" in urn else "in"
    return Author(last(urn), name, handle, f"https://www.linkedin.com/{kind}/{handle}/" if handle else "")
