"""How a brand is shown: two letters on one of sixteen grounds. The letters carry the meaning."""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TONES = 16
LINKING_WORDS = frozenset({"and", "et", "de", "du", "des", "la", "le", "les", "the", "of", "&"})


@dataclass(frozen=True, slots=True)
class BrandTile:
    """A brand on the rail, with what waits there."""

    id: str
    name: str
    letters: str
    tone: int
    timezone: str = "UTC"
    promise: int = 120
    approval: str = "one"
    waiting: int = 0
    late: int = 0
    cases: int = 0
    held: bool = False


def letters(name: str) -> str:
    """`NR` for Northfield Rail, `KE` for Kerlann, `VÉ` for Vélonaute."""
    found: list[str] = re.findall(r"[^\W_]+", name)
    words = [word for word in found if word.casefold() not in LINKING_WORDS]
    if not words:
        return "?"
    return (words[0][0] + words[1][0] if len(words) > 1 else words[0][:2]).upper()


def tone(brand_id: str) -> int:
    """The same for a brand wherever it is shown."""
    return zlib.crc32(brand_id.encode()) % TONES + 1


def next_tone(brands_before: int) -> int:
    """The ground of an agency's next brand: neighbours differ."""
    return brands_before % TONES + 1


def tile(brand: Mapping[str, Any], waiting: int = 0, late: int = 0, cases: int = 0, *, held: bool = False) -> BrandTile:
    """A stored brand with what waits."""
    return BrandTile(
        id=brand["_id"],
        name=brand["name"],
        letters=letters(brand["name"]),
        tone=brand.get("tone") or tone(brand["_id"]),
        timezone=brand.get("timezone", "UTC"),
        promise=brand.get("promise", 120),
        approval=brand.get("approval", "one"),
        waiting=waiting,
        late=late,
        cases=cases,
        held=held,
    )
