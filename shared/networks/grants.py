"""What a channel's token holds: one word, or what a network's token endpoint gave, whole.

The whole is the JSON of RFC 6749 (`access_token`, `refresh_token`, `expires_in`, and LinkedIn's
`refresh_token_expires_in`). Sealed, it tells moments (`expires_at`, `refresh_token_expires_at`; Unix seconds).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from shared.networks.reading import loaded


@dataclass(frozen=True, slots=True)
class Grant:
    """`access` speaks for the account until `ends_at`, `refresh` gets another until its own end (None: not known)."""

    access: str = field(repr=False)
    refresh: str = field(default="", repr=False)
    ends_at: datetime | None = None
    refresh_ends_at: datetime | None = None

    @classmethod
    def read(cls, token: str, now: datetime | None = None) -> Self:
        """Of a channel's token in clear; `now` is when it was given, where it may tell lives instead of moments."""
        try:
            found = cls.of(loaded(token.encode()), now) if token.lstrip().startswith("{") else None
        except ValueError:
            found = None
        return found or cls(token)

    @classmethod
    def of(cls, told: Mapping[str, Any], now: datetime | None) -> Self | None:
        """Of a token endpoint's answer; None where it holds no token."""
        access, refresh = told.get("access_token"), told.get("refresh_token")
        if not isinstance(access, str) or not access:
            return None
        ends = _end(told, "expires", now), _end(told, "refresh_token_expires", now)
        return cls(access, refresh if isinstance(refresh, str) else "", *ends)

    def written(self) -> str:
        """What `read` reads: one word where there is no more to say."""
        whole: dict[str, Any] = {"access_token": self.access}
        whole |= {"refresh_token": self.refresh} if self.refresh else {}
        for name, end in (("expires_at", self.ends_at), ("refresh_token_expires_at", self.refresh_ends_at)):
            whole |= {name: int(end.timestamp())} if end else {}
        return json.dumps(whole) if len(whole) > 1 else self.access


def _end(told: Mapping[str, Any], name: str, now: datetime | None) -> datetime | None:
    at, life = told.get(f"{name}_at"), told.get(f"{name}_in")
    try:
        if isinstance(at, int):
            return datetime.fromtimestamp(at, UTC)
        return now + timedelta(seconds=life) if now and isinstance(life, int) else None
    except (OverflowError, OSError, ValueError):
        return None
