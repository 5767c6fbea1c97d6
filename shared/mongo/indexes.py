"""Indexes, declared beside the collection whose queries need them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import pymongo

Keys: TypeAlias = str | Sequence[str | tuple[str, int | str]] | Mapping[str, int | str]


@dataclass(frozen=True)
class Index:
    """An index. `keys` are names in order, a leading "-" means descending: `("brand_id", "-said_at")`.

    Pairs with a direction or kind ("text", "hashed") are taken too.
    `partial` is a filter; `ttl_seconds` counts from the date in the key.
    """

    keys: Keys
    unique: bool = False
    partial: Mapping[str, Any] | None = None
    ttl_seconds: int | None = None
    name: str | None = None

    def native(self) -> pymongo.IndexModel:
        """The driver's form."""
        options: dict[str, Any] = {"unique": True} if self.unique else {}
        if self.partial is not None:
            options["partialFilterExpression"] = dict(self.partial)
        if self.ttl_seconds is not None:
            options["expireAfterSeconds"] = self.ttl_seconds
        if self.name is not None:
            options["name"] = self.name
        return pymongo.IndexModel(pairs(self.keys), **options)


def pairs(keys: Keys) -> list[tuple[str, int | str]]:
    """The driver's form of keys or of a sort order."""
    if isinstance(keys, str):
        keys = [keys]
    if isinstance(keys, Mapping):
        return list(keys.items())
    return [_pair(key) if isinstance(key, str) else key for key in keys]


def _pair(key: str) -> tuple[str, int | str]:
    return (key[1:], pymongo.DESCENDING) if key.startswith("-") else (key, pymongo.ASCENDING)
