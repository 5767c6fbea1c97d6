"""Which addresses may be told."""

from collections.abc import Collection
from urllib.parse import urlsplit


def trouble_with(url: str, allowed: Collection[str]) -> str:
    """Why `url` cannot be an endpoint, empty where it can: https, or one of the deployment's own `allowed` (host:port).

    Whether its name leads to a public address is looked at on each call.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "this is no web address"
    if not parts.hostname or any(sign.isspace() for sign in url):
        return "this is no web address"
    if parts.username or parts.password:
        return "credentials do not belong into the address"
    if parts.scheme == "https" or (parts.scheme == "http" and f"{parts.hostname}:{port or 80}" in allowed):
        return ""
    return "the address must begin with https://"
