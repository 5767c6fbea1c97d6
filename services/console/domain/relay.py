"""Where mail is handed over: an address of the mail server, as one setting says it."""

import re
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit

Wrapping = Literal["starttls", "tls", "plain"]
SCHEMES: dict[str, tuple[Wrapping, int]] = {
    "smtp": ("starttls", 587),
    "smtps": ("tls", 465),
    "smtp+plain": ("plain", 25),
}

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+"
ADDRESS = re.compile(rf"{_LOCAL}(\.{_LOCAL})*@([A-Za-z0-9-]+\.)+[A-Za-z]{{2,}}")


def is_address(text: str) -> bool:
    """Whether mail can be sent there: what every server takes, without quotes and comments."""
    return len(text) <= 254 and ADDRESS.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Server:
    """`starttls` and `tls` are demanded, never merely tried; `plain` is for a server on the same machine."""

    host: str
    port: int
    wrapping: Wrapping
    user: str = ""
    password: str = field(default="", repr=False)


def server_of(url: str) -> Server | None:
    """`smtp://user:secret@mail.example:587` (STARTTLS), `smtps://…:465` (TLS), `smtp+plain://127.0.0.1:1025`.

    None where the setting is empty. Raises `ValueError`, which never carries the password.
    """
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise ValueError("it begins with smtp://, smtps:// or smtp+plain:// and names a host")
    wrapping, usual = SCHEMES[parts.scheme]
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if wrapping == "plain" and user:
        raise ValueError("a password is not sent to a server without TLS: use smtp:// or smtps://")
    return Server(parts.hostname, parts.port or usual, wrapping, user, password)
