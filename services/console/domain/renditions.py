"""A post in the codes of each channel it is for: how much fits, what is over, what blocks."""

import re
from collections.abc import Callable
from dataclasses import dataclass

NEAR = 0.9
_LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a previewed text: `kind` is "", "link" or "over" (what does not fit)."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Fit:
    """How a text fits a limit (None: no limit)."""

    used: int
    limit: int | None

    @property
    def over(self) -> int:
        """How much is too much."""
        return max(0, self.used - self.limit) if self.limit else 0

    @property
    def share(self) -> float:
        """In hundredths, for drawing."""
        return min(100.0, round(100 * self.used / self.limit, 1)) if self.limit else 0.0

    @property
    def kind(self) -> str:
        """How its bar is drawn: fits, near, over."""
        if self.over:
            return "hot"
        return "mid" if self.limit and self.used > NEAR * self.limit else "good"


def pieces(text: str, limit: int | None, count: Callable[[str], int]) -> list[Piece]:
    """A text as the public will see it, its links marked, and after the limit what will not fit."""
    end = len(text) if limit is None else longest_prefix(text, limit, count)
    shown = _with_links(text[:end])
    return shown if end == len(text) else [*shown, Piece(text[end:], "over")]


def longest_prefix(text: str, limit: int, count: Callable[[str], int]) -> int:
    """The length of the longest beginning that counts at most `limit`; `count` never falls as text grows."""
    if count(text) <= limit:
        return len(text)
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count(text[:middle]) <= limit else (low, middle - 1)
    return low


def _with_links(text: str) -> list[Piece]:
    found, reached = [], 0
    for hit in _LINK.finditer(text):
        found += [Piece(text[reached : hit.start()]), Piece(hit.group(), "link")]
        reached = hit.end()
    return [piece for piece in (*found, Piece(text[reached:])) if piece.text]
