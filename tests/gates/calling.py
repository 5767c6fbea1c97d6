"""Networks' calls, as they make and sign them."""

import hashlib
import hmac
import json
import time
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

SECRETS = {name: f"{name}'s own secret" for name in ("facebook", "instagram", "linkedin", "x")}
SAYING = ("facebook", "instagram", "x")  # LinkedIn tells only that something was said


def signed(network: str, body: bytes, secret: str = "") -> dict[str, str]:
    """The header that a network proves itself by; each app has a secret of its own."""
    prefix = b"hmacsha256=" if network == "linkedin" else b""
    digest = hmac.new((secret or SECRETS[network]).encode(), prefix + body, hashlib.sha256)
    if network == "linkedin":
        return {"x-li-signature": digest.hexdigest()}
    if network == "x":
        return {"x-twitter-webhooks-signature": "sha256=" + b64encode(digest.digest()).decode()}
    return {"x-hub-signature-256": f"sha256={digest.hexdigest()}"}


def comment(network: str, account: str, number: int, text: str, author: str = "Gaz") -> bytes:
    """A person's words to the account, said two seconds from now; their id there is `<account>_<number>`."""
    now = int(time.time()) + 2
    return json.dumps(_CALLS[network](account, f"{account}_{number}", text, author, now)).encode()


def _facebook(page: str, name: str, text: str, author: str, now: int) -> dict[str, Any]:
    value = {
        "item": "comment",
        "verb": "add",
        "post_id": f"{page}_1",
        "comment_id": name,
        "parent_id": page,
        "from": {"id": "88123", "name": author},
        "message": text,
        "created_time": now,
    }
    return {"object": "page", "entry": [{"id": page, "time": 1, "changes": [{"field": "feed", "value": value}]}]}


def _instagram(account: str, name: str, text: str, author: str, now: int) -> dict[str, Any]:
    value = {"id": name, "text": text, "from": {"id": "88124", "username": author}, "media": {"id": f"{account}_1"}}
    change = {"field": "comments", "value": value}
    return {"object": "instagram", "entry": [{"id": account, "time": now, "changes": [change]}]}


def _x(account: str, name: str, text: str, author: str, now: int) -> dict[str, Any]:
    tweet = {
        "id_str": name,
        "conversation_id_str": f"{account}_1",
        "in_reply_to_status_id_str": f"{account}_1",
        "user": {"id_str": "88125", "name": author, "screen_name": "gaz"},
        "text": text,
        "created_at": datetime.fromtimestamp(now, UTC).strftime("%a %b %d %H:%M:%S +0000 %Y"),
    }
    return {"for_user_id": account, "tweet_create_events": [tweet]}


def _linkedin(account: str, name: str, text: str, author: str, now: int) -> dict[str, Any]:
    """That a comment is gone: the one thing that is believed as it is told."""
    notification = {
        "organizationalEntity": f"urn:li:organization:{account}",
        "action": "COMMENT_DELETE",
        "generatedActivity": f"urn:li:comment:(urn:li:activity:1,{name.rpartition('_')[2]})",
        "lastModifiedAt": now * 1000,
        "about": f"{author}: {text}",
    }
    return {"type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS", "notifications": [notification]}


_CALLS = {"facebook": _facebook, "instagram": _instagram, "linkedin": _linkedin, "x": _x}
