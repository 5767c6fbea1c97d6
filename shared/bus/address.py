"""Where Kafka is and how one proves who one is, in one string: `PARVIS_KAFKA`."""

import ssl
from pathlib import Path
from typing import Any

from shared.keys import KeysMissing

SECURE = "ssl://"
CA, CERTIFICATE, KEY = "ca.crt", "user.crt", "user.key"


def connection(address: str) -> dict[str, Any]:
    """The client's arguments for `host:port,…`, or for `ssl://host:port,…/folder`.

    `/folder` holds `ca.crt`, which vouches for the brokers, and `user.crt` with `user.key`, by which the brokers know
    us. Raises `KeysMissing` naming the one that is not there.
    """
    if not address.startswith(SECURE):
        return {"bootstrap_servers": address}
    servers, _, folder = address.removeprefix(SECURE).partition("/")
    ca, certificate, key = (_there(Path("/", folder, name)) for name in (CA, CERTIFICATE, KEY))
    context = ssl.create_default_context(cafile=ca)
    context.load_cert_chain(certificate, key)
    return {"bootstrap_servers": servers, "security_protocol": "SSL", "ssl_context": context}


def checked(address: str) -> str:
    """The address, where a client could read it; else `ValueError` saying how one is written."""
    for server in address.removeprefix(SECURE).partition("/")[0].split(","):
        host, colon, port = server.strip().rpartition(":")
        if colon and not (host and port.isdecimal() and 0 < int(port) < 65536):
            raise ValueError("it is written as host:port, several with commas between them")
    return address


def _there(path: Path) -> Path:
    if not path.exists():
        raise KeysMissing(f"{path} is not there; PARVIS_KAFKA says that certificates are in that folder")
    return path
