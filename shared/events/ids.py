"""Ids that derive from causes, so that the same cause always yields the same id (UUIDv5, RFC 9562)."""

from hashlib import sha1
from uuid import UUID

PARVIS = UUID("6f1d8c0e-2b57-5a4e-9d3a-7c5b1e0f4a21")
_PREFIX = PARVIS.bytes
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


def derive(*parts: str | int) -> str:
    """The id of what `parts` name; a separator that no part contains keeps ("a", "bc") and ("ab", "c") apart.

    Written out, because `uuid.uuid5` takes four times as long, and a message needs half a dozen ids.
    """
    name = "\x1f".join(map(str, parts)).encode()
    digits = sha1(_PREFIX + name, usedforsecurity=False).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-{_VARIANT[digits[16]]}{digits[17:20]}-{digits[20:32]}"


def interaction_id(network: str, channel_id: str, external_id: str) -> str:
    """Our id of an object that a network's channel calls `external_id` (interactions, posts seen there, threads)."""
    return derive("interaction", network, channel_id, external_id)
