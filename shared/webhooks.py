"""Standard Webhooks 1.0.0: how a message is signed, and how its receiver checks it."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

PREFIX = "whsec_"
SECRET_BYTES = 32  # the specification takes 24 to 64
TOLERANCE = 300.0  # seconds between the sender's clock and the receiver's


class SignatureWrong(Exception):
    """The message is not from who holds the secret, or not from now; says which, never the secret."""


def secret_of(random: bytes) -> str:
    """Random bytes (24 to 64) as a secret is written."""
    if not 24 <= len(random) <= 64:
        raise ValueError("a secret has 24 to 64 bytes")
    return PREFIX + b64encode(random).decode()


def headers_of(secrets: Sequence[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers; while a secret is being replaced both are given, and both sign."""
    stamp = int(at.timestamp())
    signatures = " ".join(_signature(secret, message_id, stamp, body) for secret in secrets)
    return {"webhook-id": message_id, "webhook-timestamp": str(stamp), "webhook-signature": signatures}


def verify(
    secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime, tolerance: float = TOLERANCE
) -> str:
    """The message's id, the same however often it comes; raises `SignatureWrong`. Header names are lower-case."""
    try:
        message_id, stamp = headers["webhook-id"], int(headers["webhook-timestamp"])
        given = headers["webhook-signature"].split()
    except (KeyError, ValueError):
        raise SignatureWrong("not signed") from None
    if abs(now.timestamp() - stamp) > tolerance:
        raise SignatureWrong("signed at another time")
    ours = [_signature(secret, message_id, stamp, body) for secret in secrets]
    if not any(hmac.compare_digest(one.encode(), other.encode()) for one in ours for other in given):
        raise SignatureWrong("signed with another secret")
    return message_id


def _signature(secret: str, message_id: str, stamp: int, body: bytes) -> str:
    key = b64decode(secret.removeprefix(PREFIX))
    digest = hmac.new(key, f"{message_id}.{stamp}.".encode() + body, sha256).digest()
    return f"v1,{b64encode(digest).decode()}"
