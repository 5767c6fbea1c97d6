"""Who may call us: Meta's handshake, and its signature over the raw body.

https://developers.facebook.com/docs/graph-api/webhooks/getting-started, read 2026-11-21.
"""

import hashlib
import hmac
from collections.abc import Mapping


def verify(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """Whether `X-Hub-Signature-256` is the HMAC of exactly these bytes under the app's secret."""
    told = next((value for name, value in headers.items() if name.lower() == "x-hub-signature-256"), "")
    if not secret or not told.isascii():
        return False
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(told, f"sha256={digest}")


def handshake(params: Mapping[str, str], secret: str) -> str | None:
    """The challenge to repeat, when Meta knows our verify token (`secret`)."""
    told = params.get("hub.verify_token", "").encode()
    if not secret or params.get("hub.mode") != "subscribe" or not hmac.compare_digest(told, secret.encode()):
        return None
    return params.get("hub.challenge") or None
