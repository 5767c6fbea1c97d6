"""What the simulated networks consist of. Times are seconds since 1970, as the journal keeps them."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache


@dataclass(slots=True)
class Account:
    """A brand's own account: a Facebook Page or a Mastodon account. `lost` tokens are refused.

    `ends_at`: when the token ends, 0 never; `earlier`: exchanged tokens, good until their own end (0 never).
    `refresh`: what another token is asked with, on networks that have such a thing, until `refresh_ends_at` (0 never).
    """

    id: str
    network: str
    name: str
    handle: str
    token: str
    lost: bool = False
    app_id: str = ""
    sector: str = "general"
    languages: list[str] = field(default_factory=lambda: ["fr"])
    ends_at: float = 0.0
    earlier: dict[str, float] = field(default_factory=dict)
    refresh: str = ""
    refresh_ends_at: float = 0.0

    def accepts(self, token: str, now: float) -> bool:
        """Whether the token speaks for the account now."""
        ends_at = self.ends_at if token == self.token else self.earlier.get(token, -1.0)
        return not self.lost and (ends_at == 0 or ends_at > now)


APP_KINDS = {"x": "x", "linkedin": "linkedin"}  # of apps, by network; all others are Meta's


@dataclass(slots=True)
class App:
    """What Meta calls an app: who is told by signed webhooks about the pages that installed it."""

    id: str
    secret: str
    verify_token: str
    callback_url: str = ""
    network: str = "meta"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody out there; the same name is the same person."""

    id: str
    name: str
    handle: str

    @classmethod
    @cache
    def named(cls, name: str) -> "Person":
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        handle = re.sub(r"[^a-z0-9]+", "_", plain).strip("_") or "someone"
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big")
        return cls(str(number + 10**14), name, handle)


@dataclass(slots=True)
class Said:
    """A post or an answer to one. `account_id` owns the wall it stands on; a post is its own root."""

    id: str
    network: str
    account_id: str
    author_id: str
    author_name: str
    author_handle: str
    text: str
    root_id: str
    parent_id: str = ""
    created_at: float = 0.0
    edited_at: float = 0.0
    hidden: bool = False
    deleted: bool = False
    visibility: str = "public"
    language: str = ""
    key: str = ""
    link: str = ""
    media: list[str] = field(default_factory=list)
    via: str = "person"
    version: str = ""  # the id that an edit gave it, on networks where an edit is a new post

    @property
    def is_root(self) -> bool:
        return self.id == self.root_id

    @property
    def number(self) -> int:
        """Grows with time: the last part of a Facebook id, the whole of a Mastodon id, the last number of a URN."""
        last = self.id.rpartition("_")[2]
        return int(last) if last.isdecimal() else int(re.findall(r"\d+", last)[-1])


@dataclass(slots=True)
class Notification:
    """What Mastodon tells an account: somebody mentioned it in a status."""

    id: str
    account_id: str
    said_id: str
    created_at: float
    type: str = "mention"
