"""The browsers that a member has signed in with: whatever strangers try with a login, these are not kept waiting.

A cookie of its own holds a name by chance and a signature (OWASP's "device cookie"); nothing is stored.
"""

import hmac
import secrets
from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl.signing import SigningKey


class Browsers:
    """Notes signed with a key that is derived from the one that console signs commands with."""

    def __init__(self, commands: SigningKey | None) -> None:
        self._key = _derived(bytes(commands)) if commands is not None else secrets.token_bytes(32)

    def note(self, login: str, password_hash: str) -> str:
        """For a browser in which this member has just signed in: good for their login until the password changes."""
        name = secrets.token_urlsafe(16)
        return f"{name}.{self._signature(name, login, password_hash)}"

    def name_of(self, note: str, login: str, password_hash: str) -> str:
        """The browser's name; empty where the note is not one of ours for this member and password."""
        name, _, signature = note.partition(".")
        expected = self._signature(name, login, password_hash)
        return name if hmac.compare_digest(signature.encode(), expected.encode()) else ""

    def _signature(self, name: str, login: str, password_hash: str) -> str:
        return hmac.new(self._key, f"{name}\x1f{login}\x1f{password_hash}".encode(), sha256).hexdigest()


def _derived(key: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"parvis console: browsers").derive(key)
