"""Networks' codes as dated data: each `codes.toml` beside a client, read once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal, Protocol, runtime_checkable

from shared.networks.capabilities import Account, Finding

SURE = frozenset({"official", "quoted"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One number that a network set, with where and when it was read. Only a sure one blocks a post."""

    key: str
    value: int
    unit: str
    source_url: str
    read_on: date
    confidence: Literal["official", "quoted", "competitor", "unverified"]

    @property
    def level(self) -> Literal["error", "warning"]:
        return "error" if self.confidence in SURE else "warning"

    def finding(self, value: int, message_en: str, message_fr: str, *, limit: int | None = None) -> Finding:
        return Finding(self.level, self.key, message_en, message_fr, value, self.value if limit is None else limit)


@runtime_checkable
class OwnCodes(Protocol):
    """A network whose servers each set codes of their own, and tell them: what `Coded` takes as `settings`."""

    async def instance_settings(self, account: Account) -> Mapping[str, int]: ...


@cache
def load(network: str) -> Mapping[str, Rule]:
    """The rules of `shared/networks/<network>/codes.toml`, by key (`post.text`)."""
    text = files(f"shared.networks.{network}").joinpath("codes.toml").read_text(encoding="utf-8")
    surfaces = tomllib.loads(text)
    return {
        f"{surface}.{name}": Rule(key=f"{surface}.{name}", **rule)
        for surface, rules in surfaces.items()
        for name, rule in rules.items()
    }
