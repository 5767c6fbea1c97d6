"""Which servers speak for a network: no other is told who we are to it, nor believed about whose a token is."""

import re
from collections.abc import Collection
from typing import Any

ADDRESS = re.compile(r"(https?)://([A-Za-z0-9.-]+)(?::(\d{1,5}))?(?:/[\w./-]*)?")
USUAL_PORTS = {"http": "80", "https": "443"}


def speaks_for(client: Any, base_url: str, allowed: Collection[str]) -> bool:
    """Whether a channel's address is one of its network's `servers`, by https, or one that the operator names
    (`allowed`, as `host:port`). A client without `servers` is one of a network that has many (Mastodon, WordPress)."""
    servers: frozenset[str] | None = getattr(client, "servers", None)
    if servers is None:
        return True
    if (address := ADDRESS.fullmatch(base_url)) is None:
        return False
    scheme, host = address[1], address[2].lower()
    port = address[3] or USUAL_PORTS[scheme]
    return f"{host}:{port}" in allowed or ((scheme, port) == ("https", "443") and host in servers)
